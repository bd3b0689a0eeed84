CREATE TABLE `queue_log` (
  `id` bigint NOT NULL AUTO_INCREMENT,
  `time` datetime DEFAULT NULL,
  `callid` varchar(80) DEFAULT NULL,
  `queuename` varchar(256) DEFAULT NULL,
  `agent` varchar(80) DEFAULT NULL,
  `event` varchar(32) DEFAULT NULL,
  `data1` varchar(100) DEFAULT NULL,
  `data2` varchar(100) DEFAULT NULL,
  `data3` varchar(100) DEFAULT NULL,
  `data4` varchar(100) DEFAULT NULL,
  `data5` varchar(100) DEFAULT NULL,
  PRIMARY KEY (`id`)
);
INSERT INTO `queue_log` VALUES (1,'2023-03-01 08:00:00','NONE','NONE','NONE','QUEUESTART','','','','',''),(2,'2023-03-01 08:00:10','NONE','NONE','NONE','CONFIGRELOAD','','','','',''),(3,'2023-03-01 09:00:00','167760.0','Front desk','NONE','ENTERQUEUE','','300','1','',''),(4,'2023-03-01 09:00:08','167760.0','Front desk','PJSIP/410','CONNECT','8','167760.01','7','',''),(5,'2023-03-01 09:01:10','167760.0','Front desk','PJSIP/410','COMPLETECALLER','8','62','1','',''),(6,'2023-03-01 09:05:00','167761.0','Front desk','NONE','ENTERQUEUE','','301','1','',''),(7,'2023-03-01 09:05:15','167761.0','Front desk','PJSIP/410','RINGNOANSWER','15000','','','',''),(8,'2023-03-01 09:05:22','167761.0','Front desk','NONE','ABANDON','1','1','22','',''),(9,'2023-03-01 09:10:00','167762.0','Front desk','NONE','ENTERQUEUE','','302','1','',''),(10,'2023-03-01 09:10:08','167762.0','Front desk','PJSIP/410','CONNECT','8','167762.01','7','',''),(11,'2023-03-01 09:11:10','167762.0','Front desk','PJSIP/410','COMPLETECALLER','8','62','1','',''),(12,'2023-03-01 09:15:00','167763.0','Front desk','NONE','ENTERQUEUE','','303','1','',''),(13,'2023-03-01 09:15:12','167763.0','Front desk','PJSIP/410','RINGCANCELED','11000','','','',''),(14,'2023-03-01 09:16:00','167763.0','Front desk','NONE','EXITWITHTIMEOUT','1','1','60','',''),(15,'2023-03-01 09:20:00','167764.0','Front desk','NONE','ENTERQUEUE','','304','1','',''),(16,'2023-03-01 09:20:08','167764.0','Front desk','PJSIP/410','CONNECT','8','167764.01','7','',''),(17,'2023-03-01 09:21:10','167764.0','Front desk','PJSIP/410','COMPLETECALLER','8','62','1','','');
