using System.Runtime.Intrinsics;
using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Search;

/// <summary>How near a row is to a probe at most and at least, by its codes alone. A row that has less at most than as many rows as wanted have at least is not in the answer; no other row is left out.</summary>
/// <remarks>
/// <para><b>The cosine.</b> Let u and q be the unit vectors of row and probe, u' and q' what their codes stand for, r = |u − u'| and p = |q − q'|. Then
/// u·q − u'·q' = (u − u')·q + u'·(q − q'), so by Cauchy and Schwarz |u·q − u'·q'| ≤ r·|q| + |u'|·p ≤ r + (1 + r)·p = r·(1 + p) + p. u'·q' is a product of whole numbers, exact in 32 bits (64
/// for both digits), times the two steps. With vectors of zeros both sides are 0, as <see cref="EmbeddingDistance"/> has it.</para>
/// <para><b>Rounding.</b> r and p are rounded up where they are stored. The sum here takes at most eight roundings of 2⁻²⁴ of numbers that do not exceed (1 + r)·(1 + p) ≤ 2.3 (a code is off by half
/// a step, so r, p ≤ √d / 254 ≤ 0.51 up to the largest dimension): less than 1.2·10⁻⁶. <see cref="Slack"/> is more, and the distances in double precision, which are off by less than 10⁻¹², fit into it
/// too: so rows that they find equal are both kept, and the face decides.</para>
/// <para><b>The score.</b> Larger is nearer. For the cosine and angular distances it is the cosine. For the two that are lengths it comes from |x − y|² = |x|² + |y|² − 2·|x|·|y|·cos, in units of
/// the probe's length L: score = (|y| / L)² − (distance / L)² = 2·(|y| / L)·(|x| / L)·cos − (|x| / L)². For <see cref="DistanceMetric.EuclideanL2"/> the lengths are those
/// that are left after the division by norm + <see cref="EmbeddingDistance.NormEpsilon"/>: 1 for ordinary vectors, less for tiny ones, 0 for zeros.</para>
/// </remarks>
internal sealed class ScoreBound
{
    // See "Rounding" above.
    private const float Slack = 2e-6f;

    // The same for lengths in double precision, relative to the square of the largest that can occur.
    private const double RelativeSlack = 1e-9;

    // Distances are compared with the largest wanted after rounding to six decimals.
    private const double DecimalsSlack = 1e-6;

    private readonly ProbeCode _probe;
    private readonly DistanceMetric _metric;
    private readonly bool _isLength;
    private readonly double _unit;
    private readonly double _probeLength;
    private readonly float _coarseStep;
    private readonly float _coarseFactor;
    private readonly float _coarseConstant;

    /// <summary>The bound for one probe.</summary>
    public ScoreBound(ProbeCode probe, DistanceMetric metric)
    {
        _probe = probe;
        _metric = metric;
        _isLength = metric is DistanceMetric.Euclidean or DistanceMetric.EuclideanL2;
        double length = Length(probe.Norm);
        _unit = length > 0 ? length : 1;
        _probeLength = length / _unit;
        _coarseStep = (float)(probe.Step * ProbeCode.Base);
        _coarseFactor = MathF.BitIncrement((float)(1 + probe.CoarseResidual));
        _coarseConstant = MathF.BitIncrement((float)probe.CoarseResidual) + Slack;
    }

    /// <summary>Score that a row has at least when its distance is at most <paramref name="distance"/>, which is as computed, before rounding.</summary>
    public double LeastScore(double distance)
    {
        if (_isLength)
        {
            double relative = distance / _unit;
            return (_probeLength * _probeLength) - (relative * relative) - (RelativeSlack * (_probeLength + relative) * (_probeLength + relative));
        }

        return _metric == DistanceMetric.Cosine ? 1 - distance - RelativeSlack
            : distance < 1 ? Math.Cos(Math.PI * distance) - RelativeSlack
            : double.NegativeInfinity;
    }

    /// <summary>The same for a distance after rounding, such as the largest wanted.</summary>
    public double LeastScoreOfRounded(double distance) => LeastScore(distance + DecimalsSlack);

    /// <summary>Score with which a row's distance is certainly not more than <paramref name="distance"/> after rounding.</summary>
    public double CertainScoreOfRounded(double distance)
    {
        distance -= DecimalsSlack;
        if (!(distance >= 0))
        {
            return double.PositiveInfinity;
        }

        if (_isLength)
        {
            double relative = distance / _unit;
            return double.IsInfinity(relative)
                ? double.NegativeInfinity
                : (_probeLength * _probeLength) - (relative * relative) + (RelativeSlack * (_probeLength + relative) * (_probeLength + relative));
        }

        return _metric == DistanceMetric.Cosine ? 1 - distance + RelativeSlack
            : distance < 1 ? Math.Cos(Math.PI * distance) + RelativeSlack
            : double.NegativeInfinity;
    }

    /// <summary>Which of up to 64 rows can have <paramref name="least"/> or more, by the high digits: a bit for each.</summary>
    public ulong Passing(ReadOnlySpan<int> products, ReadOnlySpan<float> scales, ReadOnlySpan<float> residuals, ReadOnlySpan<double> norms, double least)
    {
        int bias = RowCode.Bias * _probe.HighSum;
        ulong passing = 0;
        int row = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            // Rounded down: not more than is asked.
            var leastCosine = Vector128.Create(MathF.BitDecrement((float)least));
            var leastScore = Vector128.Create(least);
            for (; row + Vector128<int>.Count <= products.Length; row += Vector128<int>.Count)
            {
                var product = Vector128.ConvertToSingle(Vector128.Create(products[row..]) - Vector128.Create(bias));
                var cosine = (product * Vector128.Create(scales[row..]) * _coarseStep) + (Vector128.Create(residuals[row..]) * _coarseFactor) + Vector128.Create(_coarseConstant);
                uint bits;
                if (_isLength)
                {
                    var (low, high) = Vector128.Widen(cosine);
                    bits = Below(low, Vector128.Create(norms[row..]), leastScore) | (Below(high, Vector128.Create(norms[(row + 2)..]), leastScore) << 2);
                }
                else
                {
                    bits = Vector128.LessThan(cosine, leastCosine).ExtractMostSignificantBits();
                }

                passing |= (ulong)(~bits & 0xF) << row;
            }
        }

        for (; row < products.Length; row++)
        {
            double cosine = ((double)scales[row] * _probe.Step * ProbeCode.Base * (products[row] - bias)) + Loss(residuals[row], _probe.CoarseResidual);
            passing |= Score(cosine, norms[row], RelativeSlack) < least ? 0 : 1UL << row;
        }

        return passing;
    }

    /// <summary>Scores that a row has at least and at most, by both digits.</summary>
    public (double Least, double Most) Fine(int highProduct, int lowProduct, float scale, float residual, double norm)
    {
        long product = (ProbeCode.Base * (highProduct - ((long)RowCode.Bias * _probe.HighSum))) + lowProduct - ((long)RowCode.Bias * _probe.LowSum);
        double cosine = scale * _probe.Step * product;
        double loss = Loss(residual, _probe.FineResidual);
        return (Score(cosine - loss, norm, -RelativeSlack), Score(cosine + loss, norm, RelativeSlack));
    }

    private static double Loss(float residual, double probeResidual) => (residual * (1 + probeResidual)) + probeResidual + Slack;

    private double Length(double norm) => _metric == DistanceMetric.EuclideanL2 ? norm / (norm + EmbeddingDistance.NormEpsilon) : norm;

    private double Score(double cosine, double norm, double slack)
    {
        if (!_isLength)
        {
            return cosine;
        }

        double length = Length(norm) / _unit;
        double largest = _probeLength + length;
        return (2 * _probeLength * length * cosine) - (length * length) + (slack * largest * largest);
    }

    // As Score.
    private uint Below(Vector128<double> cosine, Vector128<double> norm, Vector128<double> least)
    {
        var length = (_metric == DistanceMetric.EuclideanL2 ? norm / (norm + Vector128.Create(EmbeddingDistance.NormEpsilon)) : norm) / _unit;
        var largest = Vector128.Create(_probeLength) + length;
        var score = (2 * _probeLength * length * cosine) - (length * length) + (RelativeSlack * largest * largest);
        return Vector128.LessThan(score, least).ExtractMostSignificantBits();
    }
}
