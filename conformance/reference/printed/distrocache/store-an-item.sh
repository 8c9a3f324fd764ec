curl -X POST http://localhost:8080/api/v1/cache/user:123 \
  -H "Content-Type: application/json" \
  -d '{
    "value": {"name": "John", "email": "john@example.com"},
    "ttl": 300,
    "tags": ["user", "session"]
  }'
