using System.Numerics;

namespace FaceAspire.ModelHub.Tests.Architectures;

/// <summary>A map of rows × columns × channels in double precision, and the operations of Keras's layers on it as their formulas say: what converted networks are compared with.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Values">Row by row, the channels of a place side by side.</param>
internal sealed record PlainMap(int Height, int Width, int Channels, double[] Values)
{
    /// <summary>A map from planes.</summary>
    public static PlainMap FromPlanes(float[] planes, int channels, int height, int width)
    {
        double[] values = new double[planes.Length];
        for (int i = 0; i < planes.Length; i++)
        {
            values[(i % (height * width) * channels) + (i / (height * width))] = planes[i];
        }

        return new(height, width, channels, values);
    }

    /// <summary>A convolution with zeros around the map.</summary>
    public PlainMap Conv(RandomKerasFile.Layer layer, int padding = 0)
    {
        int rows = layer.KernelShape[0], columns = layer.KernelShape[1], outputs = layer.KernelShape[3];
        var source = padding == 0 ? this : Pad(padding, padding, padding, padding);
        int height = source.Height - rows + 1, width = source.Width - columns + 1;
        int block = Vector<float>.Count;
        int blocks = (outputs + block - 1) / block;
        double[] result = new double[height * width * outputs];
        Parallel.For(0, height * blocks, task =>
        {
            int row = task / blocks;
            int first = task % blocks * block;
            int x = 0;
            for (; first + block <= outputs && x + 4 <= width; x += 4)
            {
                source.Four(layer, row, x, first, result.AsSpan(((row * width) + x) * outputs));
            }

            for (; x < width; x++)
            {
                source.One(layer, row, x, first, Math.Min(block, outputs - first), result.AsSpan(((row * width) + x) * outputs));
            }
        });
        return new(height, width, outputs, result);
    }

    /// <summary>A fully connected layer on the map's values in their order.</summary>
    public PlainMap Dense(RandomKerasFile.Layer layer) =>
        new PlainMap(1, 1, Values.Length, Values).Conv(layer with { KernelShape = [1, 1, Values.Length, layer.KernelShape[1]] });

    /// <summary>A locally connected layer (implementation 1).</summary>
    public PlainMap LocallyConnected(RandomKerasFile.Layer layer, int kernel, int stride)
    {
        int height = layer.BiasShape[0], width = layer.BiasShape[1], outputs = layer.BiasShape[2], size = layer.KernelShape[1];
        double[] result = new double[height * width * outputs];
        Parallel.For(0, height * width, place =>
        {
            var (top, left) = (place / width * stride, place % width * stride);
            for (int output = 0; output < outputs; output++)
            {
                double sum = layer.Bias[(place * outputs) + output];
                for (int i = 0; i < size; i++)
                {
                    var (row, column, channel) = (i / Channels / kernel, i / Channels % kernel, i % Channels);
                    sum += layer.Kernel[(((place * size) + i) * outputs) + output] * Values[((((top + row) * Width) + left + column) * Channels) + channel];
                }

                result[(place * outputs) + output] = sum;
            }
        });
        return new(height, width, outputs, result);
    }

    /// <summary>max(x, 0).</summary>
    public PlainMap Relu() => this with { Values = [.. Values.Select(static value => Math.Max(value, 0))] };

    /// <summary>The sum with a map of the same shape.</summary>
    public PlainMap Add(PlainMap other) => this with { Values = [.. Values.Zip(other.Values, static (first, second) => first + second)] };

    /// <summary>e^x over the sum of all.</summary>
    public PlainMap Softmax()
    {
        double sum = Values.Sum(Math.Exp);
        return this with { Values = [.. Values.Select(value => Math.Exp(value) / sum)] };
    }

    /// <summary>The largest of each window; windows may hang over the lower and right edge by <paramref name="after"/>.</summary>
    public PlainMap MaxPool(int size, int stride, int after = 0) => Pool(size, stride, after, static window => window.Max());

    /// <summary>The mean of each window.</summary>
    public PlainMap AveragePool(int size, int stride) => Pool(size, stride, 0, static window => window.Average());

    /// <summary>Zeros around the map.</summary>
    public PlainMap Pad(int top, int left, int bottom, int right)
    {
        int height = Height + top + bottom, width = Width + left + right;
        double[] padded = new double[height * width * Channels];
        for (int row = 0; row < Height; row++)
        {
            Values.AsSpan(row * Width * Channels, Width * Channels).CopyTo(padded.AsSpan((((row + top) * width) + left) * Channels));
        }

        return new(height, width, Channels, padded);
    }

    /// <summary>The zeros that TensorFlow's <c>same</c> puts around a map.</summary>
    public PlainMap PadSame(int rows, int columns, int stride)
    {
        int down = Math.Max((((Height + stride - 1) / stride) - 1) * stride + rows - Height, 0);
        int across = Math.Max((((Width + stride - 1) / stride) - 1) * stride + columns - Width, 0);
        return Pad(down / 2, across / 2, down - (down / 2), across - (across / 2));
    }

    /// <summary>Every so manieth row and column, from the first on: what a stride leaves of a convolution.</summary>
    public PlainMap Every(int stride)
    {
        int height = (Height + stride - 1) / stride, width = (Width + stride - 1) / stride;
        double[] kept = new double[height * width * Channels];
        for (int place = 0; place < height * width; place++)
        {
            Values.AsSpan((((place / width * stride) * Width) + (place % width * stride)) * Channels, Channels).CopyTo(kept.AsSpan(place * Channels));
        }

        return new(height, width, Channels, kept);
    }

    /// <summary>A convolution of each channel alone, with a stride.</summary>
    public PlainMap Depthwise(float[] kernel, int rows, int columns, int stride)
    {
        int height = ((Height - rows) / stride) + 1, width = ((Width - columns) / stride) + 1;
        double[] result = new double[height * width * Channels];
        Parallel.For(0, height * width, place =>
        {
            for (int channel = 0; channel < Channels; channel++)
            {
                double sum = 0;
                for (int tap = 0; tap < rows * columns; tap++)
                {
                    int row = (place / width * stride) + (tap / columns), column = (place % width * stride) + (tap % columns);
                    sum += kernel[(tap * Channels) + channel] * Values[(((row * Width) + column) * Channels) + channel];
                }

                result[(place * Channels) + channel] = sum;
            }
        });
        return new(height, width, Channels, result);
    }

    /// <summary>A function of each value and its channel.</summary>
    public PlainMap Each(Func<double, int, double> function) => this with { Values = [.. Values.Select((value, i) => function(value, i % Channels))] };

    /// <summary>Maps side by side in the channels.</summary>
    public static PlainMap Concat(params PlainMap[] maps)
    {
        int channels = maps.Sum(static map => map.Channels), places = maps[0].Height * maps[0].Width;
        double[] values = new double[places * channels];
        int offset = 0;
        foreach (var map in maps)
        {
            for (int place = 0; place < places; place++)
            {
                map.Values.AsSpan(place * map.Channels, map.Channels).CopyTo(values.AsSpan((place * channels) + offset));
            }

            offset += map.Channels;
        }

        return new(maps[0].Height, maps[0].Width, channels, values);
    }

    /// <summary>The mean of each channel, as 1×1.</summary>
    public PlainMap Mean() => AveragePool(Height, Height);

    /// <summary>√Σ x² of each window.</summary>
    public PlainMap NormPool(int size, int stride) => Pool(size, stride, 0, static window => Math.Sqrt(window.Sum(static value => value * value)));

    /// <summary>x / (1 + alpha·Σ x²)^0.75, the sum over so many channels on each side.</summary>
    public PlainMap LocalNorm(int radius, double alpha)
    {
        double[] result = new double[Values.Length];
        for (int i = 0; i < Values.Length; i++)
        {
            int channel = i % Channels;
            double sum = 0;
            for (int other = Math.Max(0, channel - radius); other <= Math.Min(Channels - 1, channel + radius); other++)
            {
                double value = Values[i - channel + other];
                sum += value * value;
            }

            result[i] = Values[i] / Math.Pow(1 + (alpha * sum), 0.75);
        }

        return this with { Values = result };
    }

    private PlainMap Pool(int size, int stride, int after, Func<IEnumerable<double>, double> reduce)
    {
        int height = ((Height + after - size) / stride) + 1, width = ((Width + after - size) / stride) + 1;
        double[] result = new double[height * width * Channels];
        Parallel.For(0, height, y =>
        {
            List<double> window = [];
            for (int i = 0; i < width * Channels; i++)
            {
                int left = i / Channels * stride;
                window.Clear();
                for (int row = y * stride; row < Math.Min((y * stride) + size, Height); row++)
                {
                    for (int column = left; column < Math.Min(left + size, Width); column++)
                    {
                        window.Add(Values[(((row * Width) + column) * Channels) + (i % Channels)]);
                    }
                }

                result[(y * width * Channels) + i] = reduce(window);
            }
        });
        return new(height, width, Channels, result);
    }

    /// <summary>Four places side by side and as many outputs as a vector of floats has.</summary>
    private void Four(RandomKerasFile.Layer layer, int row, int x, int first, Span<double> result)
    {
        int rows = layer.KernelShape[0], taps = layer.KernelShape[1] * Channels, outputs = layer.KernelShape[3];
        int half = Vector<double>.Count;
        Vector.Widen(new Vector<float>(layer.Bias, first), out var low0, out var high0);
        var (low1, high1, low2, high2, low3, high3) = (low0, high0, low0, high0, low0, high0);
        for (int kernelRow = 0; kernelRow < rows; kernelRow++)
        {
            int weight = (kernelRow * taps * outputs) + first;
            var values = Values.AsSpan((((row + kernelRow) * Width) + x) * Channels, taps + (3 * Channels));
            for (int tap = 0; tap < taps; tap++, weight += outputs)
            {
                Vector.Widen(new Vector<float>(layer.Kernel, weight), out var low, out var high);
                low0 += low * values[tap];
                high0 += high * values[tap];
                low1 += low * values[tap + Channels];
                high1 += high * values[tap + Channels];
                low2 += low * values[tap + (2 * Channels)];
                high2 += high * values[tap + (2 * Channels)];
                low3 += low * values[tap + (3 * Channels)];
                high3 += high * values[tap + (3 * Channels)];
            }
        }

        low0.CopyTo(result[first..]);
        high0.CopyTo(result[(first + half)..]);
        low1.CopyTo(result[(outputs + first)..]);
        high1.CopyTo(result[(outputs + first + half)..]);
        low2.CopyTo(result[((2 * outputs) + first)..]);
        high2.CopyTo(result[((2 * outputs) + first + half)..]);
        low3.CopyTo(result[((3 * outputs) + first)..]);
        high3.CopyTo(result[((3 * outputs) + first + half)..]);
    }

    private void One(RandomKerasFile.Layer layer, int row, int x, int first, int count, Span<double> result)
    {
        int rows = layer.KernelShape[0], taps = layer.KernelShape[1] * Channels, outputs = layer.KernelShape[3];
        Span<double> sums = stackalloc double[count];
        for (int i = 0; i < count; i++)
        {
            sums[i] = layer.Bias[first + i];
        }

        for (int kernelRow = 0; kernelRow < rows; kernelRow++)
        {
            var values = Values.AsSpan((((row + kernelRow) * Width) + x) * Channels, taps);
            for (int tap = 0; tap < taps; tap++)
            {
                var weights = layer.Kernel.AsSpan((((kernelRow * taps) + tap) * outputs) + first, count);
                for (int i = 0; i < count; i++)
                {
                    sums[i] += values[tap] * weights[i];
                }
            }
        }

        sums.CopyTo(result[first..]);
    }
}
