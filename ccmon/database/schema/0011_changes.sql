-- What a write has touched, for readers that read again what has changed and nothing else. Triggers fill it, whoever writes.

CREATE TABLE changes (
    id INTEGER PRIMARY KEY,                                 -- ascends; old rows are deleted, the last ones never
    subject TEXT NOT NULL,                                  -- what was written; 'everything' after a bulk load
    subject_id INTEGER,                                     -- its row
    agent_id INTEGER,                                       -- whom it concerns
    queue_id INTEGER,
    campaign_id INTEGER,
    at INTEGER                                              -- the moment that the row counts from
) STRICT;
INSERT INTO changes (subject) VALUES ('everything');

CREATE TRIGGER changes_of_calls_replaced AFTER INSERT ON replaced_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(new.direction = 'inbound', 'call', 'outbound_call'), new.id, new.agent_id, new.queue_id, new.campaign_id, new.entered_at);
END;

CREATE TRIGGER changes_of_agent_states_replaced AFTER INSERT ON replaced_agent_states
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', new.id, new.agent_id, NULL, NULL, new.started_at);
END;

CREATE TRIGGER changes_of_missed_calls_replaced AFTER INSERT ON replaced_missed_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', new.id, new.agent_id, NULL, NULL, new.missed_at);
END;

CREATE TRIGGER changes_of_sales_replaced AFTER INSERT ON replaced_sales
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', new.id, new.agent_id, NULL, new.campaign_id, new.sold_at);
END;

CREATE TRIGGER changes_of_calls_inserted AFTER INSERT ON calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(new.direction = 'inbound', 'call', 'outbound_call'), new.id, new.agent_id, new.queue_id, new.campaign_id, new.entered_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_calls_updated AFTER UPDATE ON calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(new.direction = 'inbound', 'call', 'outbound_call'), new.id, new.agent_id, new.queue_id, new.campaign_id, new.entered_at);
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT iif(old.direction = 'inbound', 'call', 'outbound_call'), old.id, old.agent_id, old.queue_id, old.campaign_id, old.entered_at
    WHERE old.agent_id <> coalesce(new.agent_id, 0);
END;

CREATE TRIGGER changes_of_calls_moved AFTER UPDATE OF id, direction, queue_id, campaign_id, entered_at ON calls
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.direction COLLATE BINARY IS NOT new.direction
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
    OR old.campaign_id COLLATE BINARY IS NOT new.campaign_id
    OR old.entered_at COLLATE BINARY IS NOT new.entered_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(old.direction = 'inbound', 'call', 'outbound_call'), old.id, old.agent_id, old.queue_id, old.campaign_id, old.entered_at);
END;

CREATE TRIGGER changes_of_calls_deleted AFTER DELETE ON calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES (iif(old.direction = 'inbound', 'call', 'outbound_call'), old.id, old.agent_id, old.queue_id, old.campaign_id, old.entered_at);
END;

CREATE TRIGGER changes_of_agent_states_inserted AFTER INSERT ON agent_states
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', new.id, new.agent_id, NULL, NULL, new.started_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_agent_states_updated AFTER UPDATE ON agent_states
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', new.id, new.agent_id, NULL, NULL, new.started_at);
END;

CREATE TRIGGER changes_of_agent_states_moved AFTER UPDATE OF id, agent_id, started_at ON agent_states
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.started_at COLLATE BINARY IS NOT new.started_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', old.id, old.agent_id, NULL, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_agent_states_deleted AFTER DELETE ON agent_states
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('state', old.id, old.agent_id, NULL, NULL, old.started_at);
END;

CREATE TRIGGER changes_of_missed_calls_inserted AFTER INSERT ON missed_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', new.id, new.agent_id, NULL, NULL, new.missed_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_missed_calls_updated AFTER UPDATE ON missed_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', new.id, new.agent_id, NULL, NULL, new.missed_at);
END;

CREATE TRIGGER changes_of_missed_calls_moved AFTER UPDATE OF id, agent_id, missed_at ON missed_calls
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.missed_at COLLATE BINARY IS NOT new.missed_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', old.id, old.agent_id, NULL, NULL, old.missed_at);
END;

CREATE TRIGGER changes_of_missed_calls_deleted AFTER DELETE ON missed_calls
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('missed_call', old.id, old.agent_id, NULL, NULL, old.missed_at);
END;

CREATE TRIGGER changes_of_sales_inserted AFTER INSERT ON sales
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', new.id, new.agent_id, NULL, new.campaign_id, new.sold_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_sales_updated AFTER UPDATE ON sales
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', new.id, new.agent_id, NULL, new.campaign_id, new.sold_at);
END;

CREATE TRIGGER changes_of_sales_moved AFTER UPDATE OF id, agent_id, campaign_id, sold_at ON sales
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.campaign_id COLLATE BINARY IS NOT new.campaign_id
    OR old.sold_at COLLATE BINARY IS NOT new.sold_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', old.id, old.agent_id, NULL, old.campaign_id, old.sold_at);
END;

CREATE TRIGGER changes_of_sales_deleted AFTER DELETE ON sales
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('sale', old.id, old.agent_id, NULL, old.campaign_id, old.sold_at);
END;

CREATE TRIGGER changes_of_queue_members_inserted AFTER INSERT ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, NULL);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_queue_members_updated AFTER UPDATE ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, NULL);
END;

CREATE TRIGGER changes_of_queue_members_moved AFTER UPDATE OF id, agent_id, queue_id ON queue_members
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, NULL);
END;

CREATE TRIGGER changes_of_queue_members_deleted AFTER DELETE ON queue_members
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, NULL);
END;

CREATE TRIGGER changes_of_queue_members_inserting BEFORE INSERT ON queue_members
WHEN EXISTS (SELECT 1 FROM queue_members WHERE id = new.id)
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, NULL
    FROM queue_members AS gone WHERE id = new.id;
END;

CREATE TRIGGER changes_of_queue_members_updating BEFORE UPDATE OF id ON queue_members
WHEN old.id COLLATE BINARY IS NOT new.id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, NULL
    FROM queue_members AS gone WHERE id = new.id;
END;

CREATE TRIGGER changes_of_queue_pauses_inserted AFTER INSERT ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, NULL);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_queue_pauses_updated AFTER UPDATE ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', new.id, new.agent_id, new.queue_id, NULL, NULL);
END;

CREATE TRIGGER changes_of_queue_pauses_moved AFTER UPDATE OF id, agent_id, queue_id ON queue_pauses
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.agent_id COLLATE BINARY IS NOT new.agent_id
    OR old.queue_id COLLATE BINARY IS NOT new.queue_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, NULL);
END;

CREATE TRIGGER changes_of_queue_pauses_deleted AFTER DELETE ON queue_pauses
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('member', old.id, old.agent_id, old.queue_id, NULL, NULL);
END;

CREATE TRIGGER changes_of_queue_pauses_inserting BEFORE INSERT ON queue_pauses
WHEN EXISTS (SELECT 1 FROM queue_pauses WHERE id = new.id)
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, NULL
    FROM queue_pauses AS gone WHERE id = new.id;
END;

CREATE TRIGGER changes_of_queue_pauses_updating BEFORE UPDATE OF id ON queue_pauses
WHEN old.id COLLATE BINARY IS NOT new.id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'member', gone.id, gone.agent_id, gone.queue_id, NULL, NULL
    FROM queue_pauses AS gone WHERE id = new.id;
END;

CREATE TRIGGER changes_of_follow_ups_inserted AFTER INSERT ON follow_ups
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('follow_up', new.id, new.agent_id, NULL, NULL, new.due_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_follow_ups_updated AFTER UPDATE ON follow_ups
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('follow_up', new.id, new.agent_id, NULL, NULL, new.due_at);
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'follow_up', old.id, old.agent_id, NULL, NULL, old.due_at
    WHERE old.agent_id <> coalesce(new.agent_id, 0);
END;

CREATE TRIGGER changes_of_follow_ups_deleted AFTER DELETE ON follow_ups
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('follow_up', old.id, old.agent_id, NULL, NULL, old.due_at);
END;

CREATE TRIGGER changes_of_customers_inserted AFTER INSERT ON customers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('customer', new.id, NULL, NULL, NULL, NULL);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_customers_updated AFTER UPDATE ON customers
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.phone COLLATE BINARY IS NOT new.phone
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('customer', new.id, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_customers_deleted AFTER DELETE ON customers
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('customer', old.id, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_customers_inserting BEFORE INSERT ON customers
WHEN EXISTS (SELECT 1 FROM customers WHERE id = new.id) OR EXISTS (SELECT 1 FROM customers WHERE reference = new.reference)
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'customer', gone.id, NULL, NULL, NULL, NULL
    FROM customers AS gone WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER changes_of_customers_updating BEFORE UPDATE OF id, reference ON customers
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.reference COLLATE BINARY IS NOT new.reference
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    SELECT 'customer', gone.id, NULL, NULL, NULL, NULL
    FROM customers AS gone WHERE id = new.id OR reference = new.reference;
END;

CREATE TRIGGER changes_of_queue_days_inserted AFTER INSERT ON queue_days
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('targets', NULL, NULL, new.queue_id, NULL, new.day_at);
END;

CREATE TRIGGER changes_of_queue_days_updated AFTER UPDATE ON queue_days
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('targets', NULL, NULL, new.queue_id, NULL, new.day_at);
END;

CREATE TRIGGER changes_of_queue_days_deleted AFTER DELETE ON queue_days
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('targets', NULL, NULL, old.queue_id, NULL, old.day_at);
END;

CREATE TRIGGER changes_of_shifts_inserted AFTER INSERT ON shifts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('shift', new.id, NULL, NULL, NULL, new.starts_at);
    DELETE FROM changes WHERE new.id % 256 = 0 AND id <= (SELECT max(id) - 4096 FROM changes);
END;

CREATE TRIGGER changes_of_shifts_updated AFTER UPDATE ON shifts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('shift', new.id, NULL, NULL, NULL, new.starts_at);
END;

CREATE TRIGGER changes_of_shifts_moved AFTER UPDATE OF id, starts_at ON shifts
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.starts_at COLLATE BINARY IS NOT new.starts_at
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('shift', old.id, NULL, NULL, NULL, old.starts_at);
END;

CREATE TRIGGER changes_of_shifts_deleted AFTER DELETE ON shifts
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('shift', old.id, NULL, NULL, NULL, old.starts_at);
END;

CREATE TRIGGER changes_of_clients_inserted AFTER INSERT ON clients
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_clients_updated AFTER UPDATE ON clients
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_clients_deleted AFTER DELETE ON clients
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_teams_inserted AFTER INSERT ON teams
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_teams_updated AFTER UPDATE ON teams
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.client_id COLLATE BINARY IS NOT new.client_id
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_teams_deleted AFTER DELETE ON teams
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_agents_inserted AFTER INSERT ON agents
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_agents_updated AFTER UPDATE ON agents
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.login COLLATE BINARY IS NOT new.login
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.team_id COLLATE BINARY IS NOT new.team_id
    OR old.active COLLATE BINARY IS NOT new.active
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_agents_deleted AFTER DELETE ON agents
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_queues_inserted AFTER INSERT ON queues
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_queues_updated AFTER UPDATE ON queues
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.client_id COLLATE BINARY IS NOT new.client_id
    OR old.purpose COLLATE BINARY IS NOT new.purpose
    OR old.service_level_threshold_ms COLLATE BINARY IS NOT new.service_level_threshold_ms
    OR old.service_level_target COLLATE BINARY IS NOT new.service_level_target
    OR old.short_abandon_ms COLLATE BINARY IS NOT new.short_abandon_ms
    OR old.handling_target_ms COLLATE BINARY IS NOT new.handling_target_ms
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_queues_deleted AFTER DELETE ON queues
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_campaigns_inserted AFTER INSERT ON campaigns
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_campaigns_updated AFTER UPDATE ON campaigns
WHEN old.id COLLATE BINARY IS NOT new.id
    OR old.name COLLATE BINARY IS NOT new.name
    OR old.client_id COLLATE BINARY IS NOT new.client_id
    OR old.purpose COLLATE BINARY IS NOT new.purpose
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_campaigns_deleted AFTER DELETE ON campaigns
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_quotas_inserted AFTER INSERT ON quotas
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_quotas_updated AFTER UPDATE ON quotas
WHEN old.scope COLLATE BINARY IS NOT new.scope
    OR old.scope_id COLLATE BINARY IS NOT new.scope_id
    OR old.period COLLATE BINARY IS NOT new.period
    OR old.starts_on COLLATE BINARY IS NOT new.starts_on
    OR old.sales COLLATE BINARY IS NOT new.sales
    OR old.revenue_cents COLLATE BINARY IS NOT new.revenue_cents
    OR old.conversion COLLATE BINARY IS NOT new.conversion
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_quotas_deleted AFTER DELETE ON quotas
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_pause_reasons_inserted AFTER INSERT ON pause_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_pause_reasons_updated AFTER UPDATE ON pause_reasons
WHEN old.reason COLLATE BINARY IS NOT new.reason
    OR old.limit_ms COLLATE BINARY IS NOT new.limit_ms
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;

CREATE TRIGGER changes_of_pause_reasons_deleted AFTER DELETE ON pause_reasons
BEGIN
    INSERT INTO changes (subject, subject_id, agent_id, queue_id, campaign_id, at)
    VALUES ('directory', NULL, NULL, NULL, NULL, NULL);
END;
