using FaceAspire.ServiceDefaults.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FaceAspire.ServiceDefaults.Warmup;

/// <summary>Makes things ready in the background: the service listens at once, so that a slow start is not taken for a dead one.</summary>
internal sealed partial class WarmupService(IEnumerable<WarmupTask> tasks, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WarmupService> logger)
    : BackgroundService
{
    private static readonly TimeSpan _retryEvery = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.WaitForStartAsync(stoppingToken);
            await Task.WhenAll(tasks.Select(task => Task.Run(() => WarmAsync(task, stoppingToken), stoppingToken)));
        }
        catch (Exception) when (stoppingToken.IsCancellationRequested)
        {
            // The service stops, perhaps because it could not start, which others tell; what a load meets then is of no interest.
        }
    }

    private async Task WarmAsync(WarmupTask task, CancellationToken stoppingToken)
    {
        string? reported = null;
        string? failure = null;
        while (true)
        {
            try
            {
                task.Try();
            }
            catch (Exception exception) when (exception is not OperationCanceledException && !stoppingToken.IsCancellationRequested)
            {
                // An exception that leaves a background service ends the process; one part that is not ready must not take the others with it.
                task.Fail();
                if (exception.Message != failure)
                {
                    LogFailed(exception, task.Name); // once, not at every try
                    failure = exception.Message;
                }
            }

            if (task.Obstacle is not { } obstacle)
            {
                LogReady(task.Name);
                return;
            }

            if (obstacle != reported)
            {
                LogNotReady(task.Name, obstacle);
                reported = obstacle;
            }

            await Task.Delay(_retryEvery, time, stoppingToken);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "{Part} is ready")]
    private partial void LogReady(string part);

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "{Part} could not be made ready")]
    private partial void LogFailed(Exception exception, string part);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Part} is not ready: {Reason}")]
    private partial void LogNotReady(string part, string reason);
}
