// Set value in cache
const cacheData = {
    key: 'user:123',
    value: {
        name: 'John Doe',
        email: 'john@example.com',
        lastLogin: '2024-01-15T10:30:00Z'
    },
    data_type: 'json',
    ttl: 3600,
    metadata: {
        tags: ['user', 'profile'],
        source: 'database'
    }
};

fetch('http://localhost:8000/api/cache/set', {
    method: 'POST',
    headers: {
        'Content-Type': 'application/json',
    },
    body: JSON.stringify(cacheData)
})
.then(response => response.json())
.then(data => {
    console.log('Cache set:', data);
})
.catch(error => console.error('Error:', error));

// Get value from cache
fetch('http://localhost:8000/api/cache/get/user:123')
.then(response => response.json())
.then(data => {
    if (data.found) {
        console.log('Cache hit:', data.cache_item.value);
    } else {
        console.log('Cache miss');
    }
})
.catch(error => console.error('Error:', error));

// Batch operations
const batchData = [
    {
        key: 'config:app',
        value: { version: '1.0.0', debug: false },
        data_type: 'json'
    },
    {
        key: 'stats:daily',
        value: { users: 1000, requests: 50000 },
        data_type: 'json'
    }
];

fetch('http://localhost:8000/api/cache/set-batch', {
    method: 'POST',
    headers: {
        'Content-Type': 'application/json',
    },
    body: JSON.stringify(batchData)
})
.then(response => response.json())
.then(data => {
    console.log('Batch set:', data);
})
.catch(error => console.error('Error:', error));

// Get multiple keys
fetch('http://localhost:8000/api/cache/get-batch', {
    method: 'POST',
    headers: {
        'Content-Type': 'application/json',
    },
    body: JSON.stringify(['config:app', 'stats:daily', 'nonexistent'])
})
.then(response => response.json())
.then(data => {
    console.log('Batch get:', data);
    
    // Process results
    data.results.forEach(result => {
        if (result.success && result.result.found) {
            console.log(`${result.key}:`, result.result.cache_item.value);
        } else {
            console.log(`${result.key}: Not found`);
        }
    });
})
.catch(error => console.error('Error:', error));

// Get cache statistics
fetch('http://localhost:8000/api/cache/stats')
.then(response => response.json())
.then(data => {
    console.log('Cache statistics:', data.statistics);
    console.log(`Hit rate: ${data.statistics.hit_rate.toFixed(2)}%`);
    console.log(`Memory usage: ${(data.statistics.total_memory_usage / 1024 / 1024).toFixed(2)} MB`);
})
.catch(error => console.error('Error:', error));

// Warm cache
const warmData = {
    'config:system': { maintenance: false, version: '2.1.0' },
    'cache:hot': { popular_items: ['item1', 'item2', 'item3'] },
    'user:admin': { role: 'admin', permissions: ['read', 'write', 'delete'] }
};

fetch('http://localhost:8000/api/cache/warm', {
    method: 'POST',
    headers: {
        'Content-Type': 'application/json',
    },
    body: JSON.stringify(warmData)
})
.then(response => response.json())
.then(data => {
    console.log('Cache warming:', data);
})
.catch(error => console.error('Error:', error));
