using BenchmarkDotNet.Running;
using Vigie.Benchmarks.Blocks;

// `sizes` prints bytes and nanoseconds for each shape in a second; anything else goes to BenchmarkDotNet, e.g. --filter '*'
if (args is ["sizes"])
{
    BlockSizes.Print(Console.Out);
    return;
}
BenchmarkSwitcher.FromAssembly(typeof(BlockSizes).Assembly).Run(args);
