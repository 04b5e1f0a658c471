"""The processes: started, watched, stopped, and nothing left behind."""
