-- What the former table took.
VACUUM;
