using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace FaceAspire.Vision.Inference;

/// <summary>Where networks run, and how many at once.</summary>
public sealed class InferenceOptions
{
    /// <summary><c>-1</c> for the CPU, 0 and up for that GPU, empty to try the first GPU. Without a usable GPU the CPU is taken, with one log line.</summary>
    [ConfigurationKeyName("GPU_DEVICE"), Required(AllowEmptyStrings = true), RegularExpression("-1|[0-9]{1,3}", ErrorMessage = "must be -1, a GPU's number, or empty for automatic")]
    public string GpuDevice { get; set; } = "-1";

    /// <summary>Pictures worked on at once; 0 for one per core.</summary>
    [ConfigurationKeyName("MAX_CONCURRENCY"), Range(0, 1_024)]
    public int MaxConcurrency { get; set; }
}
