"""What is drawn and what keys do. Knows the types of `checks` and one object, the Desk."""
