using FaceAspire.ModelHub;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Quality;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.Extraction;

/// <summary>Quality, pose and landmarks, for every service that answers <c>include</c>: what they need comes through the extraction.</summary>
public static class DescriptionModule
{
    /// <summary>Adds <see cref="FaceDescriber"/> with the catalogue's first quality model. Adding it again changes nothing.</summary>
    public static IHostApplicationBuilder AddDescription(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(static services =>
        {
            var store = services.GetRequiredService<ModelStore>();
            var sessions = services.GetRequiredService<InferenceSessions>();
            return new FaceDescriber(services.GetRequiredService<ModelCatalog>().Of(ModelTask.Quality).FirstOrDefault() is { } entry
                ? new(sessions.Get(store, entry), entry.Input, () => store.IsPresent(entry))
                : null);
        });
        return builder;
    }
}
