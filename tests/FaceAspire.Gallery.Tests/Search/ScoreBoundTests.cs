using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Gallery.Tests.Search;

public sealed class ScoreBoundTests
{
    [Fact]
    public void Bounds_AnyTwoVectors_HoldTheDistance()
    {
        var number = Gen.OneOf(
            Gen.Choose(-1_000_000, 1_000_000).Select(static value => value / 1_000f),
            Gen.Choose(-3, 3).Select(static value => (float)value),
            Gen.Constant(0f),
            Gen.Choose(-44, 36).Select(static exponent => (float)Math.Pow(10, exponent)));
        var pairs =
            from dimension in Gen.Choose(1, 200)
            from a in Gen.ArrayOf(number, dimension)
            from b in Gen.ArrayOf(number, dimension)
            from mix in Gen.Elements(0f, 1e-7f, 0.01f, 1f)
            from metric in Gen.Elements(Enum.GetValues<DistanceMetric>())
            select (a, b: b.Zip(a, (x, y) => (mix * x) + ((1 - mix) * y)).ToArray(), metric);
        Prop.ForAll(pairs.ToArbitrary(), static pair => Holds(pair.a, pair.b, pair.metric)).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Theory]
    [InlineData(128)]
    [InlineData(512)]
    [InlineData(4096)]
    public void Fine_OrdinaryVectors_IsCloseToTheCosine(int dimension)
    {
        // Rounding loses step / √12 a number. The largest of the numbers, which are normal, is up to 5.4 / √d, and the step a 127th of it: 0.0123 in all, whatever the dimension.
        Random random = new(dimension);
        for (int i = 0; i < 100; i++)
        {
            float[] a = TestVectors.Gaussian(random, dimension, 1), b = TestVectors.Gaussian(random, dimension, 1);
            double cosine = 1 - EmbeddingDistance.Unrounded(a, b, DistanceMetric.Cosine);
            var (least, most) = Fine(a, b, DistanceMetric.Cosine, out _);
            cosine.ShouldBeInRange(least, most);
            ((most - least) / 2).ShouldBeLessThan(0.0123);
        }
    }

    private static bool Holds(float[] a, float[] b, DistanceMetric metric)
    {
        var (certain, most) = Fine(a, b, metric, out var passes);
        double distance = EmbeddingDistance.Unrounded(a, b, metric);
        ScoreBound bound = new(new(new(a), Stride(a.Length)), metric);
        double least = bound.LeastScore(distance);
        double rounded = EmbeddingDistance.Round(distance);
        return most >= least && certain <= most && passes(least) && passes(bound.LeastScoreOfRounded(rounded))
            && (certain < bound.CertainScoreOfRounded(rounded - 1e-6) || rounded <= rounded - 1e-6);
    }

    // The bound by both digits, and whether the row passes the high one, at each place of a block: vectors of several rows and what is left over are worked out apart.
    private static (double Least, double Most) Fine(float[] probe, float[] row, DistanceMetric metric, out Func<double, bool> passes)
    {
        int stride = Stride(probe.Length);
        byte[] codes = new byte[stride];
        var code = RowCode.Encode(row, codes.AsSpan(0, row.Length), new double[row.Length], new double[row.Length]);
        ProbeCode probeCode = new(new(probe), stride);
        ScoreBound bound = new(probeCode, metric);
        int[] high = new int[7], low = new int[1];
        ScanKernel.Best.Multiply(codes, stride, 1, probeCode.High, high, isCached: true);
        ScanKernel.Best.Multiply(codes, stride, 1, probeCode.Low, low, isCached: true);
        high.AsSpan().Fill(high[0]);
        float[] scales = new float[7], residuals = new float[7];
        double[] norms = new double[7];
        scales.AsSpan().Fill(code.Scale);
        residuals.AsSpan().Fill(code.Residual);
        norms.AsSpan().Fill(code.Norm);
        passes = least => bound.Passing(high, scales, residuals, norms, least) == 0x7F;
        return bound.Fine(high[0], low[0], code.Scale, code.Residual, code.Norm);
    }

    private static int Stride(int dimension) => (dimension + 63) / 64 * 64;
}
