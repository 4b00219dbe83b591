using FaceAspire.ServiceDefaults.Images;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults;

/// <summary>Pictures from requests, files and URLs.</summary>
public static class ImageSourceModule
{
    /// <summary>Adds <see cref="ImageSource"/> and its settings. Adding it again changes nothing.</summary>
    public static IHostApplicationBuilder AddImageSource(this IHostApplicationBuilder builder)
    {
        builder.AddEnvironmentOptions<ImageOptions>();
        builder.Services.TryAddSingleton<ImageSource>();
        return builder;
    }
}
