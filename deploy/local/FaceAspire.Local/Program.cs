using FaceAspire.Local;

await using var cache = await CacheServer.StartAsync(CancellationToken.None);
Console.WriteLine($"{CacheServer.Kind} listens at 127.0.0.1:{cache.Port}");
