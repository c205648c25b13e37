"""The invitations part."""
