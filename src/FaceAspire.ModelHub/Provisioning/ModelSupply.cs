using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Threading.Channels;
using FaceAspire.Contracts.Errors;
using FaceAspire.ModelHub.Downloads;
using Microsoft.Extensions.Logging;

namespace FaceAspire.ModelHub.Provisioning;

/// <summary>Brings missing models in the background of a service: once, however many requests ask, one after the other.</summary>
public sealed partial class ModelSupply
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "FaceAspire.ModelHub";

    private const int MaxWaiting = 16;
    private const int LogSteps = 10; // a line for each tenth

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(10);

    // Else every request would knock at a server that is not there.
    private static readonly TimeSpan _rememberFailure = TimeSpan.FromMinutes(2);

    private static readonly Meter _meter = new(MeterName);
    private static readonly Counter<long> _downloaded = _meter.CreateCounter<long>("faceaspire.models.downloaded", "By", "Bytes of models that were downloaded.");
    private static readonly UpDownCounter<int> _inProgress = _meter.CreateUpDownCounter<int>("faceaspire.models.provisioning", "{model}", "Models that are on their way.");

    private readonly Channel<(ModelEntry Entry, Delivery Delivery)> _waiting = Channel.CreateBounded<(ModelEntry, Delivery)>(MaxWaiting);
    private readonly ConcurrentDictionary<ModelEntry, Delivery> _deliveries = new(ReferenceEqualityComparer.Instance);
    private readonly Lock _asking = new();
    private readonly ModelProvisioner _provisioner;
    private readonly TimeProvider _time;
    private readonly ILogger<ModelSupply> _logger;
    private readonly bool _isOn;

    /// <summary>Prepares bringing; nothing happens before somebody asks.</summary>
    public ModelSupply(ModelProvisioner provisioner, ModelHubOptions options, TimeProvider time, ILogger<ModelSupply> logger)
    {
        (_provisioner, _time, _logger) = (provisioner, time, logger);
        _isOn = options.ModelsAutoDownload;
    }

    /// <summary>Asks for a model that is missing.</summary>
    /// <returns>What to answer meanwhile; null when the service does not bring it, so that somebody has to.</returns>
    public FaceAspireException? Ask(ModelEntry entry)
    {
        if (!_isOn || !_provisioner.CanBring(entry))
        {
            return null;
        }

        if (!_provisioner.IsAccepted(entry))
        {
            return new(
                ErrorCode.ModelUnavailable,
                $"The model '{entry.Name}' is not fetched by itself, because its terms do not allow commercial use ({entry.Licence}). Accept them by 'faceaspire models pull {entry.Name} --accept-licence'.");
        }

        lock (_asking)
        {
            var known = _deliveries.GetValueOrDefault(entry);
            if (known is { Failure: { } failure } && _time.GetElapsedTime(known.FailedAt) < _rememberFailure)
            {
                return new(ErrorCode.ModelUnavailable, $"The model '{entry.Name}' could not be fetched: {failure} Try 'faceaspire models pull {entry.Name}', or put its files into the folder that MODELS_DIR names.")
                {
                    RetryAfter = _rememberFailure,
                };
            }

            if (known is null or { Failure: not null })
            {
                Delivery next = new();
                if (!_waiting.Writer.TryWrite((entry, next)))
                {
                    return new(ErrorCode.ModelUnavailable, $"The model '{entry.Name}' is not here, and {MaxWaiting} others are fetched before it.") { RetryAfter = _retryAfter };
                }

                _deliveries[entry] = known = next;
            }

            return new(ErrorCode.ModelUnavailable, $"The model '{entry.Name}' is being fetched{Describe(known.Progress)}.") { RetryAfter = _retryAfter };
        }
    }

    /// <summary>Where a model is that is not on this machine.</summary>
    public ModelState StateOf(ModelEntry entry) => _deliveries.TryGetValue(entry, out var delivery) && delivery.Failure is null
        ? delivery.Progress is { Stage: ProvisioningStage.Converting } ? new("converting", null) : new("downloading", delivery.Progress?.Fraction)
        : new("missing", null);

    /// <summary>Brings what is asked for until the service stops.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var (entry, delivery) in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            _inProgress.Add(1);
            try
            {
                LogBegun(entry.Name);
                await _provisioner.BringAsync(entry, new Listener(this, entry, delivery), cancellationToken);
                LogDone(entry.Name);
                lock (_asking)
                {
                    _deliveries.TryRemove(entry, out _); // in its turn after whoever asked, and may still be noting it
                }
            }
            catch (DownloadException exception)
            {
                LogFailed(exception, entry.Name, exception.Message);
                Fail(delivery, exception.Message);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                // One model that nobody foresaw to fail so must not end the service, nor the fetching of the others.
                LogFailed(exception, entry.Name, "unexpected failure");
                Fail(delivery, "unexpected failure; the log has it.");
            }
            finally
            {
                _inProgress.Add(-1);
            }
        }
    }

    private static string Describe(ProvisioningProgress? progress) => progress switch
    {
        { Stage: ProvisioningStage.Converting } => "; it is being converted",
        { TotalBytes: { } total, Bytes: var bytes } => string.Create(CultureInfo.InvariantCulture, $"; {bytes / 1e6:N0} of {total / 1e6:N0} MB of {progress.File} are here"),
        { Bytes: > 0 and var bytes } => string.Create(CultureInfo.InvariantCulture, $"; {bytes / 1e6:N0} MB of {progress.File} are here"),
        _ => "",
    };

    private void Fail(Delivery delivery, string failure)
    {
        lock (_asking)
        {
            delivery.FailedAt = _time.GetTimestamp();
            delivery.Failure = failure;
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Model {Model} is not on this machine and is fetched")]
    private partial void LogBegun(string model);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "Model {Model}: {Percent} % of {File}, {Megabytes:F1} MB a second")]
    private partial void LogProgress(string model, int percent, string file, double megabytes);

    [LoggerMessage(EventId = 3, Level = LogLevel.Information, Message = "Model {Model} is here")]
    private partial void LogDone(string model);

    [LoggerMessage(EventId = 4, Level = LogLevel.Error, Message = "Model {Model} could not be fetched: {Reason}")]
    private partial void LogFailed(Exception exception, string model, string reason);

    /// <summary>A model on its way, or one that failed.</summary>
    private sealed class Delivery
    {
        public volatile ProvisioningProgress? Progress;
        public volatile string? Failure;
        public long FailedAt;
    }

    private sealed class Listener(ModelSupply supply, ModelEntry entry, Delivery delivery) : IProgress<ProvisioningProgress>
    {
        private string? _file;
        private long _counted;
        private int _told;

        public void Report(ProvisioningProgress value)
        {
            delivery.Progress = value;
            if (value.Stage != ProvisioningStage.Downloading)
            {
                return;
            }

            if (value.File != _file)
            {
                (_file, _counted, _told) = (value.File, 0, 0);
            }

            _downloaded.Add(Math.Max(0, value.Bytes - _counted), new KeyValuePair<string, object?>("model", entry.Name));
            _counted = value.Bytes;
            if (value.Fraction is { } fraction && (int)(fraction * LogSteps) is var step && step > _told)
            {
                _told = step;
                supply.LogProgress(entry.Name, step * 100 / LogSteps, value.File, value.BytesPerSecond / 1e6);
            }
        }
    }
}
