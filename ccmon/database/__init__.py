"""The call database: schema, writer, reader. Its SQL is in .sql files in this package."""
