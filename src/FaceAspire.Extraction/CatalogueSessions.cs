using FaceAspire.ModelHub;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.DependencyInjection;

namespace FaceAspire.Extraction;

/// <summary>Networks that a service runs on faces, besides its own models.</summary>
internal static class CatalogueSessions
{
    /// <summary>The session of a model; its weights are looked for when it first runs.</summary>
    public static InferenceSessionPool SessionOf(this IServiceProvider services, ModelEntry entry) =>
        services.GetRequiredService<InferenceSessions>().Get(services.GetRequiredService<ModelStore>(), entry);
}
