"""The wire contract: what requests may say and what answers hold."""
