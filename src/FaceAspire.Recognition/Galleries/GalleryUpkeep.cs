using FaceAspire.Gallery;
using FaceAspire.Gallery.Folders;
using FaceAspire.Gallery.Reading;
using FaceAspire.Gallery.Reembedding;
using FaceAspire.ServiceDefaults;
using FaceAspire.ServiceDefaults.Images;
using Microsoft.Extensions.Options;

namespace FaceAspire.Recognition.Galleries;

/// <summary>What is done for galleries without being asked: the folder of faces is followed, and faces are embedded again when the model changes.</summary>
internal static class GalleryUpkeep
{
    /// <summary>Adds it.</summary>
    public static IHostApplicationBuilder AddGalleryUpkeep(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<FolderOptions>();
        var services = builder.Services;
        services.AddSingleton(static provider => new FolderSync(
            provider.GetRequiredService<IFaceGallery>(),
            provider.GetRequiredService<FaceReader>(),
            provider.GetRequiredService<IOptions<ImageOptions>>().Value.MaxImageBytes,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FaceReembedder>();
        services.AddSingleton<FolderSyncStatus>();
        services.AddSingleton<GalleryWork>();
        services.AddSingleton<GallerySpaces>();
        services.AddSingleton<IGallerySpaces>(static provider => provider.GetRequiredService<GallerySpaces>());
        services.AddSingleton<FolderWatcher>();
        services.AddBackgroundWork<GallerySpaces>(static (spaces, stoppingToken) => spaces.RunAsync(stoppingToken));
        services.AddBackgroundWork<FolderWatcher>(static (watcher, stoppingToken) => watcher.RunAsync(stoppingToken));
        return builder;
    }
}
