using System.Numerics.Tensors;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Search;

/// <summary>A probe in two digits a number: of its unit vector q it keeps 128 · <see cref="High"/> + <see cref="Low"/> and their step, so that what it loses hardly counts beside what a
/// row lost. The high digit alone is what all rows are met with; the low one is for the few that pass.</summary>
internal sealed class ProbeCode
{
    /// <summary>What the high digit counts.</summary>
    public const int Base = 128;

    private const double RoundingUp = 1 + 1e-6;

    /// <summary>Codes a probe.</summary>
    /// <param name="probe">The probe.</param>
    /// <param name="stride">Bytes of a row's codes; behind the probe's numbers the digits are 0.</param>
    public ProbeCode(Embedding probe, int stride)
    {
        Probe = probe;
        High = new sbyte[stride];
        Low = new sbyte[stride];
        double[] unit = new double[probe.Dimension];
        TensorPrimitives.ConvertChecked<float, double>(probe.Values.Span, unit);
        Norm = TensorPrimitives.Norm<double>(unit);
        if (Norm == 0)
        {
            return; // orthogonal to everything, as the digits of 0 have it
        }

        TensorPrimitives.Divide(unit, Norm, unit);
        Step = Math.Abs(TensorPrimitives.MaxMagnitude<double>(unit)) / (RowCode.MaxCode * Base);
        double coarse = 0, fine = 0;
        for (int i = 0; i < unit.Length; i++)
        {
            int digits = (int)Math.Round(unit[i] / Step);
            int high = Math.Clamp((int)Math.Round((double)digits / Base), -RowCode.MaxCode, RowCode.MaxCode);
            int low = digits - (high * Base);
            (High[i], Low[i]) = ((sbyte)high, (sbyte)Math.Clamp(low, sbyte.MinValue, sbyte.MaxValue));
            HighSum += high;
            LowSum += Low[i];
            double lost = unit[i] - (Step * Base * high);
            coarse += lost * lost;
            lost -= Step * Low[i];
            fine += lost * lost;
        }

        CoarseResidual = Math.Sqrt(coarse) * RoundingUp;
        FineResidual = Math.Sqrt(fine) * RoundingUp;
    }

    /// <summary>The probe itself.</summary>
    public Embedding Probe { get; }

    /// <summary>Length of the probe.</summary>
    public double Norm { get; }

    /// <summary>High digits, −127 to 127.</summary>
    public sbyte[] High { get; }

    /// <summary>Low digits, −64 to 64.</summary>
    public sbyte[] Low { get; }

    /// <summary>Sum of the high digits: what a row's bias adds to its product, divided by the bias.</summary>
    public int HighSum { get; }

    /// <summary>Sum of the low digits.</summary>
    public int LowSum { get; }

    /// <summary>What the low digit counts.</summary>
    public double Step { get; }

    /// <summary>At least the length of what the high digits alone lose of q.</summary>
    public double CoarseResidual { get; }

    /// <summary>At least the length of what both digits lose of q.</summary>
    public double FineResidual { get; }
}
