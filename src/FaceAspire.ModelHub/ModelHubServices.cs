using FaceAspire.ModelHub.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FaceAspire.ModelHub;

/// <summary>Registers the catalogue and the store.</summary>
public static class ModelHubServices
{
    /// <summary>Adds both. Folders come from <see cref="ModelHubOptions"/>. Adding them again changes nothing.</summary>
    public static IServiceCollection AddModelHub(this IServiceCollection services)
    {
        services.TryAddSingleton(static provider => ModelCatalog.LoadDefault(provider.GetRequiredService<IOptions<ModelHubOptions>>().Value));
        services.TryAddSingleton(static provider => provider.GetRequiredService<ModelCatalog>().Names);
        services.TryAddSingleton(static provider => ActivatorUtilities.CreateInstance<ModelStore>(provider, provider.GetRequiredService<IOptions<ModelHubOptions>>().Value));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AttributeModelOptions>, AttributeModelOptionsValidator>());
        services.TryAddSingleton<AttributeAnswerers>();
        return services;
    }
}
