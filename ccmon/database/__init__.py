"""The call database: schema, writer, reader. SQL lies in .sql files beside this."""
