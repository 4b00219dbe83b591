using System.Diagnostics.CodeAnalysis;
using FaceAspire.ServiceDefaults.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAspire.ServiceDefaults;

/// <summary>Typed settings from the environment.</summary>
public static class ConfigurationModule
{
    /// <summary>Registers an options class whose properties name their variables. Everything wrong in all of them is reported at once, at start. Adding a class again changes nothing.</summary>
    public static IHostApplicationBuilder AddEnvironmentOptions<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties | DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(
        this IHostApplicationBuilder builder)
        where T : class
    {
        if (builder.Services.Any(static service => service.ServiceType == typeof(EnvironmentOptions<T>)))
        {
            return builder;
        }

        builder.Services.AddSingleton<EnvironmentOptions<T>>();
        builder.Services.AddSingleton<IConfigureOptions<T>>(static services => services.GetRequiredService<EnvironmentOptions<T>>());
        builder.Services.AddSingleton<IValidateOptions<T>>(static services => services.GetRequiredService<EnvironmentOptions<T>>());
        builder.Services.AddOptions<T>().ValidateOnStart();
        return builder;
    }
}
