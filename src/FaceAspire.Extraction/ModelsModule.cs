using FaceAspire.ModelHub;
using FaceAspire.ModelHub.Provisioning;
using FaceAspire.ServiceDefaults;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.Extraction;

/// <summary>The models, for every service that runs networks: the catalogue, the files, and the fetching of those that are missing.</summary>
public static class ModelsModule
{
    /// <summary>Adds them. Adding them again changes nothing.</summary>
    public static IHostApplicationBuilder AddModels(this IHostApplicationBuilder builder)
    {
        if (builder.Services.Any(static service => service.ServiceType == typeof(ModelSupply)))
        {
            return builder;
        }

        builder.AddEnvironmentOptions<ModelHubOptions>();
        builder.Services.AddModelHub();
        builder.Services.AddBackgroundWork<ModelSupply>(static (supply, stopping) => supply.RunAsync(stopping));
        return builder;
    }
}
