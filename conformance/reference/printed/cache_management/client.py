import requests
import json
import time

# Set a value in cache
cache_data = {
    "key": "user:123",
    "value": {
        "name": "John Doe",
        "email": "john@example.com",
        "last_login": "2024-01-15T10:30:00Z"
    },
    "data_type": "json",
    "ttl": 3600,
    "metadata": {
        "tags": ["user", "profile"],
        "source": "database"
    }
}

response = requests.post(
    "http://localhost:8000/api/cache/set",
    json=cache_data
)

print(f"Cache set: {response.json()}")

# Get value from cache
get_response = requests.get("http://localhost:8000/api/cache/get/user:123")
cache_result = get_response.json()

if cache_result["found"]:
    print(f"Cache hit: {cache_result['cache_item']['value']}")
else:
    print("Cache miss")

# Batch operations
batch_data = [
    {
        "key": "config:app",
        "value": {"version": "1.0.0", "debug": False},
        "data_type": "json"
    },
    {
        "key": "stats:daily",
        "value": {"users": 1000, "requests": 50000},
        "data_type": "json"
    }
]

batch_response = requests.post(
    "http://localhost:8000/api/cache/set-batch",
    json=batch_data
)

print(f"Batch set: {batch_response.json()}")

# Get multiple keys
get_batch_response = requests.post(
    "http://localhost:8000/api/cache/get-batch",
    json=["config:app", "stats:daily", "nonexistent"]
)

batch_result = get_batch_response.json()
print(f"Batch get: {batch_result}")

# Get cache statistics
stats_response = requests.get("http://localhost:8000/api/cache/stats")
stats = stats_response.json()
print(f"Cache stats: {stats['statistics']}")

# Warm cache with important data
warm_data = {
    "config:system": {"maintenance": False, "version": "2.1.0"},
    "cache:hot": {"popular_items": ["item1", "item2", "item3"]},
    "user:admin": {"role": "admin", "permissions": ["read", "write", "delete"]}
}

warm_response = requests.post(
    "http://localhost:8000/api/cache/warm",
    json=warm_data
)

print(f"Cache warming: {warm_response.json()}")

# List keys with pattern
keys_response = requests.get("http://localhost:8000/api/cache/keys?pattern=config:*")
keys = keys_response.json()
print(f"Config keys: {keys['keys']}")

# Invalidate cache by tags
invalidate_response = requests.post(
    "http://localhost:8000/api/cache/invalidate",
    json={"tags": ["user", "profile"]}
)

print(f"Cache invalidation: {invalidate_response.json()}")
