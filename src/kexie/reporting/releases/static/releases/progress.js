// A closing under way: the page is read again until it has ended.
setTimeout(() => location.reload(), 2000);
