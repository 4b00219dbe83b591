using FaceAspire.ModelHub.Internal;
using FaceAspire.ModelHub.Provisioning;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FaceAspire.ModelHub;

/// <summary>Registers the catalogue, the store and what brings missing models.</summary>
public static class ModelHubServices
{
    /// <summary>Adds all of them. Folders come from <see cref="ModelHubOptions"/>. Adding them again changes nothing.</summary>
    public static IServiceCollection AddModelHub(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(static provider => ModelCatalog.LoadDefault(Options(provider)));
        services.TryAddSingleton(static provider => provider.GetRequiredService<ModelCatalog>().Names);
        services.TryAddSingleton(static provider => new ModelStore(
            Options(provider),
            provider.GetRequiredService<ILogger<ModelStore>>(),
            entry => provider.GetRequiredService<ModelSupply>().Ask(entry))); // which needs the store, so it is made with the first model that is missing
        services.TryAddSingleton(static provider => new ModelProvisioner(Options(provider), provider.GetRequiredService<ModelStore>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(static provider => new ModelSupply(
            provider.GetRequiredService<ModelProvisioner>(), Options(provider), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ModelSupply>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AttributeModelOptions>, AttributeModelOptionsValidator>());
        services.TryAddSingleton<AttributeAnswerers>();
        return services;
    }

    private static ModelHubOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<ModelHubOptions>>().Value;
}
