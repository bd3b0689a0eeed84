-- Contact reasons by name.
SELECT name, id FROM contact_reasons;
