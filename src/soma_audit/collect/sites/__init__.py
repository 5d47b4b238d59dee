"""Agencies' own sites: looked at politely, for the accounts that they link to and for whether declared pages answer."""
