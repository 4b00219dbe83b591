using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Runs work beside the requests. Who does it is made when the service listens: hosted services are made before the settings are checked, and would hide all wrong ones but
/// the first that they meet.</summary>
internal sealed class BackgroundWork<T>(IServiceProvider provider, IHostApplicationLifetime lifetime, Func<T, CancellationToken, Task> run) : BackgroundService
    where T : class
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.WaitForStartAsync(stoppingToken);
            await run(provider.GetRequiredService<T>(), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops.
        }
    }
}
