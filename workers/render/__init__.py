"""Every sentence a user can read, one small file per kind of message. Pure; all escaping is in `escape`."""
