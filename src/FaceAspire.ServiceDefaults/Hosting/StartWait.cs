using Microsoft.Extensions.Hosting;

namespace FaceAspire.ServiceDefaults.Hosting;

/// <summary>Waiting for the service to listen: what takes long must not delay its start.</summary>
internal static class StartWait
{
    /// <summary>Ends when the service listens.</summary>
    public static async Task WaitForStartAsync(this IHostApplicationLifetime lifetime, CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
    }
}
