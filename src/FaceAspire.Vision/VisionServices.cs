using FaceAspire.Vision.Inference;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FaceAspire.Vision;

/// <summary>Registers what every user of the vision core shares: the device, the sessions, and the gate before the cores.</summary>
public static class VisionServices
{
    /// <summary>Adds the inference of this process. Settings come from <see cref="InferenceOptions"/>. Adding it again changes nothing.</summary>
    public static IServiceCollection AddVision(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => new ComputeGate(provider.GetRequiredService<IOptions<InferenceOptions>>().Value.MaxConcurrency));
        services.TryAddSingleton(static provider => ActivatorUtilities.CreateInstance<InferenceDevice>(
            provider, provider.GetRequiredService<IOptions<InferenceOptions>>().Value.GpuDevice));
        services.TryAddSingleton<InferenceSessions>();
        return services;
    }
}
