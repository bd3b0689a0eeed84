"""What ``ccmon config`` shows and changes: settings of this machine in files, those of the site in the database."""
