using FaceAspire.Gallery.Redis;
using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceAspire.Gallery;

/// <summary>Registers the store of enrolled faces.</summary>
public static class GalleryServices
{
    /// <summary>Adds the store that <see cref="GalleryOptions"/> names. It is opened by its first use. Adding it again changes nothing.</summary>
    public static IServiceCollection AddFaceGallery(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFaceGallery>(static provider => provider.GetRequiredService<IOptions<GalleryOptions>>().Value switch
        {
            { Store: "sqlite" } options => Sqlite(provider, options),
            { Store: "redis", Redis: { } connection } =>
                new RedisFaceGallery(connection, provider.GetRequiredService<ILogger<RedisFaceGallery>>(), provider.GetRequiredService<TimeProvider>()),
            var options => throw new InvalidOperationException($"There is no store '{options.Store}' of galleries."),
        });
        return services;
    }

    private static SqliteFaceGallery Sqlite(IServiceProvider provider, GalleryOptions options) => new(
        options.DataDir is { } folder ? Path.GetFullPath(folder) : null,
        provider.GetRequiredService<ILogger<SqliteFaceGallery>>(),
        provider.GetRequiredService<TimeProvider>());
}
