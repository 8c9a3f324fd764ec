curl http://localhost:8080/api/v1/cache/user:123
