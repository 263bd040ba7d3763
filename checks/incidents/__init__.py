"""Incidents: what runs of the checks, one after the other, come to. Pure: values in, values out, no clock."""
