using FaceAspire.Gallery.Search;

namespace FaceAspire.Gallery.Tests.Search;

public sealed class ScanKernelTests
{
    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(512)]
    [InlineData(SegmentLayout.MaxDimension)]
    public void Multiply_EveryKernel_IsThePlainSum(int stride)
    {
        const int Rows = 11;
        Random random = new(stride);
        byte[] codes = new byte[Rows * stride];
        sbyte[] digits = new sbyte[stride];
        random.NextBytes(codes);
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(digits.AsSpan()));
        codes.AsSpan(0, stride).Fill(byte.MaxValue);
        codes.AsSpan(stride, stride).Clear();
        ShouldBePlainSums(codes, digits, Rows);

        // The largest sums there can be.
        digits.AsSpan().Fill(sbyte.MaxValue);
        ShouldBePlainSums(codes, digits, Rows);
        digits.AsSpan().Fill(sbyte.MinValue);
        ShouldBePlainSums(codes, digits, Rows);
    }

    private static void ShouldBePlainSums(byte[] codes, sbyte[] digits, int rows)
    {
        long[] expected = [.. Enumerable.Range(0, rows).Select(row => digits.Select((digit, i) => (long)digit * codes[(row * digits.Length) + i]).Sum())];
        foreach (var kernel in ScanKernel.Supported)
        {
            for (int count = 0; count <= rows; count++)
            {
                foreach (bool isCached in (bool[])[true, false])
                {
                    int[] products = new int[rows];
                    kernel.Multiply(codes, digits.Length, count, digits, products, isCached);
                    products.Take(count).Select(static product => (long)product).ShouldBe(expected.Take(count), kernel.Name);
                    products.Skip(count).ShouldAllBe(static product => product == 0, kernel.Name);
                }
            }
        }
    }
}
