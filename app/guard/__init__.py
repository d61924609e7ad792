"""What stands before the application: who may ask, how often, how large, how slowly."""
