"""The summary in Slack: the message, where it goes, how it is delivered, and what still has to be."""
