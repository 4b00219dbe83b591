using FaceAspire.ModelHub;
using FaceAspire.Vision.Inference;
using FaceAspire.Vision.Liveness;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.Extraction;

/// <summary>The check of liveness, for every service that answers <c>anti_spoofing</c>: its crops come through the extraction like any others.</summary>
public static class LivenessModule
{
    /// <summary>Adds <see cref="LivenessCheck"/> of all liveness models of the catalogue. Their weights are looked for with the first face that is checked. Adding it again changes nothing.</summary>
    public static IHostApplicationBuilder AddLiveness(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton(static services =>
        {
            var store = services.GetRequiredService<ModelStore>();
            var sessions = services.GetRequiredService<InferenceSessions>();
            return new LivenessCheck([
                .. services.GetRequiredService<ModelCatalog>().Of(ModelTask.Liveness).Select(entry => new LivenessNetwork(
                    sessions.Get(store, entry), entry.Input, entry.NativeCrop)),
            ]);
        });
        return builder;
    }
}
