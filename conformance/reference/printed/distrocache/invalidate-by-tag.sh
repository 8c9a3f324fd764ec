curl -X POST http://localhost:8080/api/v1/invalidate/tag/user
