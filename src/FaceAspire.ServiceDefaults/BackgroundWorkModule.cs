using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults;

/// <summary>Work that goes on beside the requests for as long as the service listens.</summary>
public static class BackgroundWorkModule
{
    /// <summary>Runs <paramref name="run"/> on the singleton <typeparamref name="T"/> once the service listens, until it stops. An exception that leaves it ends the process.</summary>
    public static IServiceCollection AddBackgroundWork<T>(this IServiceCollection services, Func<T, CancellationToken, Task> run)
        where T : class => services.AddSingleton<IHostedService>(provider => new BackgroundWork<T>(provider, provider.GetRequiredService<IHostApplicationLifetime>(), run));
}
