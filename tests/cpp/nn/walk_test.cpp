#include "nn/walk.hpp"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Functions.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <set>

#include "dt4ecg/nn/registry.hpp"

namespace dt4ecg::nn {
namespace {

struct Case {
  std::string name, text;
  int64_t batch;
  bool training;
};

using Chain = std::vector<std::shared_ptr<const Graph>>;

std::string chain_of(const std::string& middle, int64_t last) {
  return "input channels=2 length=23\n" + middle + "mean_pool pool " + std::to_string(last) +
         "\nlinear who " + std::to_string(last + 1) + " outputs=4\nlinear what " +
         std::to_string(last + 1) + " outputs=2\noutput " + std::to_string(last + 2) + "," +
         std::to_string(last + 3) + "\n";
}

std::vector<Case> cases() {
  const std::string residual =
      "batch_norm norm 0\n"
      "conv_norm stem 1 channels=5 kernel=7 relu=1 stride=1\n"
      "conv_norm conv1 2 channels=5 kernel=3 relu=1 stride=1\n"
      "conv_norm conv2 3,2 channels=5 kernel=3 relu=1 stride=1\n"
      "sca sca 4\n";
  std::vector<Case> all{{"residual", chain_of(residual, 5), 3, true},
                        {"residual_eval", chain_of(residual, 5), 3, false},
                        {"batch_of_one", chain_of(residual, 5), 1, true},
                        {"sca_alone", chain_of("sca sca 0\n", 1), 4, true},
                        {"pool_alone", chain_of("", 0), 4, true},
                        {"skip_read_twice",
                         chain_of("conv_norm a 0 channels=3 kernel=3 relu=1 stride=1\n"
                                  "conv_norm b 1,1 channels=3 kernel=3 relu=1 stride=1\n"
                                  "conv_norm c 2,1 channels=3 kernel=1 relu=0 stride=1\n",
                                  3),
                         3, true},
                        {"skip_is_input",
                         chain_of("conv_norm a 0 channels=3 kernel=3 relu=1 stride=1\n"
                                  "conv_norm b 1,1 channels=3 kernel=3 relu=1 stride=1\n",
                                  2),
                         3, true},
                        // One task branches off before the last layers of the others.
                        {"early_task",
                         "input channels=2 length=23\n"
                         "conv_norm a 0 channels=3 kernel=3 relu=1 stride=2\n"
                         "mean_pool early 1\n"
                         "linear who 2 outputs=4\n"
                         "conv_norm b 1,1 channels=3 kernel=3 relu=1 stride=1\n"
                         "mean_pool late 4\n"
                         "linear what 5 outputs=2\n"
                         "output 3,6\n",
                         3, true}};
  const std::string before = "conv_norm before 0 channels=4 kernel=3 relu=1 stride=1\n";
  const auto add = [&](const std::string& name, const std::string& middle, int64_t last) {
    all.push_back({name, chain_of(before + middle, last), 3, true});
  };
  add("activations", "relu a 1\nsilu b 2\n", 3);
  add("pools", "max_pool a 1 size=2\naverage_pool b 2 size=3\n", 3);
  add("pool_leaves_nothing", "max_pool a 1 size=23\n", 2);
  add("concat", "concat both 0,1\nconcat twice 2,2\n", 3);
  add("concat_read_again", "concat both 0,1\nsilu a 1\nconcat all 3,2\n", 4);
  add("flatten", "flatten flat 1\nconv full 2 bias=1 channels=5 kernel=1\nrelu a 3\n", 4);
  add("conv", "conv a 1 bias=1 channels=5 kernel=5\nconv b 2 bias=0 channels=3 kernel=3\n", 3);
  add("gate",
      "mean_pool squeeze 1\nlinear reduce 2 outputs=2\nsilu active 3\n"
      "linear restore 4 outputs=4\ngate excite 1,5\n",
      6);
  add("standardize", "standardize a 1\n", 2);
  all.push_back(
      {"standardize_input",
       chain_of("standardize a 0\nconv_norm b 1 channels=3 kernel=3 relu=1 stride=1\n", 2), 3,
       true});
  add("lstm", "lstm lstm 1 hidden=5\n", 2);
  add("mha", "mha mha 1 heads=2\n", 2);
  add("cbam", "cbam cbam 1 hidden=2 kernel=7\n", 2);
  // Enough channels for Winograd's algorithm, with full and partial tiles, and groups of one sample
  // or of all.
  for (const int64_t length : {1, 2, 3, 4, 5, 6, 7, 60, 245}) {
    all.push_back({"winograd_length" + std::to_string(length),
                   "input channels=2 length=" + std::to_string(length) +
                       "\n"
                       "conv_norm before 0 channels=16 kernel=1 relu=1 stride=1\n"
                       "conv_norm a 1 channels=20 kernel=3 relu=1 stride=1\n"
                       "conv b 2 bias=1 channels=16 kernel=3\n"
                       "conv_norm c 3,1 channels=16 kernel=3 relu=1 stride=1\n"
                       "mean_pool pool 4\nlinear who 5 outputs=4\nlinear what 5 outputs=2\n"
                       "output 6,7\n",
                   3, true});
  }
  for (const int64_t stride : {1, 2, 3, 5}) {
    for (const int64_t kernel : {1, 3, 5, 9}) {
      const std::string window =
          " kernel=" + std::to_string(kernel) + " stride=" + std::to_string(stride);
      add("depthwise_stride" + std::to_string(stride) + "_kernel" + std::to_string(kernel),
          "depthwise_norm a 1 relu=1" + window + "\ndepthwise_norm b 2 relu=0" + window + "\n", 3);
    }
  }
  for (const int64_t stride : {1, 2, 3, 5}) {
    for (const int64_t kernel : {1, 3, 5, 9}) {
      const std::string attributes =
          " kernel=" + std::to_string(kernel) + " stride=" + std::to_string(stride) + "\n";
      all.push_back({"stride" + std::to_string(stride) + "_kernel" + std::to_string(kernel),
                     chain_of("conv_norm before 0 channels=3 kernel=3 relu=1 stride=1\n"
                              "conv_norm projection 1 channels=19 relu=0" +
                                  attributes + "conv_norm conv 1,2 channels=19 relu=1" + attributes,
                              3),
                     4, true});
    }
  }
  return all;
}

template <class Scalar>
struct Problem {
  std::vector<BoundGraph> chain;
  at::Tensor x;
  std::vector<at::Tensor> cotangents;  // one per output

  Problem(const Chain& graphs, int64_t batch) {
    const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(5);
    const auto type = c10::CppTypeToScalarType<Scalar>::value;
    const auto values = [&](const std::vector<ops::TensorSpec>& specs, double least) {
      std::vector<at::Tensor> tensors;
      for (const ops::TensorSpec& spec : specs) {
        tensors.push_back(
            (at::rand(spec.shape, generator, at::kDouble) + least).to(type).contiguous());
      }
      return tensors;
    };
    for (const auto& graph : graphs) {
      chain.push_back({graph, values(graph->parameters(), -0.4), values(graph->buffers(), 0.5)});
      for (at::Tensor& parameter : chain.back().parameters) {
        parameter.set_requires_grad(true);
      }
    }
    const ops::Shape shape = graphs.front()->input();
    x = at::randn({batch, shape.channels, shape.length}, generator, at::kDouble).to(type) + 3;
    for (const int64_t output : graphs.back()->outputs()) {
      cotangents.push_back(
          at::randn({batch, graphs.back()->shape(output).channels}, generator, at::kDouble)
              .to(type));
    }
  }

  std::vector<at::Tensor> forward(bool training) const {
    std::vector<at::Tensor> outputs{x};
    for (const BoundGraph& part : chain) {
      outputs = part.graph->forward(outputs.front(), part.parameters, part.buffers, training);
    }
    return outputs;
  }
  std::vector<at::Tensor> parameters() const { return all(&BoundGraph::parameters); }
  std::vector<at::Tensor> buffers() const { return all(&BoundGraph::buffers); }
  std::vector<at::Tensor> all(std::vector<at::Tensor> BoundGraph::*of) const {
    std::vector<at::Tensor> tensors;
    for (const BoundGraph& part : chain) {
      tensors.insert(tensors.end(), (part.*of).begin(), (part.*of).end());
    }
    return tensors;
  }
};

double difference(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).abs().max() / (1 + b.abs().max())).template item<double>();
}

// Compares the walk with autograd over the reference: outputs, statistics, gradients of each task,
// their inner products, and their weighted sums by each method.
template <class Scalar>
void check(const Chain& graphs, int64_t batch, bool training, double tolerance) {
  Problem<Scalar> problem(graphs, batch), peer(graphs, batch);
  peer.x.set_requires_grad(true);
  const std::vector<at::Tensor> expected = peer.forward(training);
  std::vector<at::Tensor> sources = peer.parameters();
  sources.push_back(peer.x);

  // The batch is smaller than the capacity, like the last batch of an epoch.
  Walk<Scalar> walk(problem.chain, batch + 1, {.input_cotangent = true});
  walk.forward(problem.x, training);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_LT(difference(walk.output(i), expected[i]), tolerance);
  }
  for (std::size_t i = 0; i < peer.buffers().size(); ++i) {
    EXPECT_LT(difference(problem.buffers()[i], peer.buffers()[i]), tolerance);
  }

  std::vector<std::vector<at::Tensor>> gradients;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    gradients.push_back(
        torch::autograd::grad({expected[i]}, sources, {peer.cotangents[i]}, true, false, true));
  }
  const auto sum_of = [&](std::size_t p, const std::vector<float>& weights) {
    at::Tensor sum = at::zeros_like(sources[p]);
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (gradients[i][p].defined()) {
        sum.add_(gradients[i][p], weights[i]);
      }
    }
    return sum;
  };
  const auto fill_seeds = [&] {
    for (std::size_t i = 0; i < expected.size(); ++i) {
      walk.output_cotangent(i, i).copy_(problem.cotangents[i]);
    }
  };
  const auto check_gradients = [&](const std::vector<float>& weights) {
    for (std::size_t p = 0; p < walk.parameters(); ++p) {
      at::Tensor found = at::empty_like(problem.parameters()[p]).set_requires_grad(false);
      walk.gradient(p, weights, found);
      EXPECT_LT(difference(found, sum_of(p, weights)), tolerance)
          << "parameter " << p << " of shape " << found.sizes();
    }
  };

  fill_seeds();
  walk.backward_tasks();
  for (const std::vector<float>& weights : {std::vector<float>{1, 0}, {0, 1}, {0.3f, 1.7f}}) {
    check_gradients(weights);
  }
  std::vector<std::size_t> every(walk.parameters());
  for (std::size_t p = 0; p < every.size(); ++p) {
    every[p] = p;
  }
  const std::vector<double> gram = walk.gram(every);
  for (std::size_t a = 0; a < 2; ++a) {
    for (std::size_t b = 0; b < 2; ++b) {
      double product = 0;
      for (const std::size_t p : every) {
        if (gradients[a][p].defined() && gradients[b][p].defined()) {
          product +=
              (gradients[a][p].to(at::kDouble) * gradients[b][p]).sum().template item<double>();
        }
      }
      EXPECT_NEAR(gram[a * 2 + b], product, tolerance * (1 + std::abs(gram[0] + gram[3])));
    }
  }

  // The walk may continue with the weighted sum from any node; long chains test some of them.
  const std::vector<float> weights{0.3f, 1.7f};
  for (std::size_t cut = 0; cut <= walk.nodes(); cut += 1 + walk.nodes() / 10) {
    SCOPED_TRACE(cut);
    walk.forward(problem.x, training);
    fill_seeds();
    walk.backward_tasks(cut);
    walk.backward_sum(weights, cut);
    check_gradients(weights);
    if (cut > 0) {
      EXPECT_LT(difference(walk.input_cotangent(), sum_of(sources.size() - 1, weights)), tolerance);
    }
  }
}

template <class Scalar>
void check(const Case& c, double tolerance) {
  SCOPED_TRACE(c.name);
  check<Scalar>({parsed(c.text)}, c.batch, c.training, tolerance);
}

TEST(Walk, EqualsAutogradInDouble) {
  for (const Case& c : cases()) {
    check<double>(c, 1e-11);
  }
}

TEST(Walk, EqualsAutogradInFloat) {
  for (const Case& c : cases()) {
    check<float>(c, 2e-4);
  }
}

Chain network(const Backbone& backbone, const Attention& attention) {
  Chain graphs;
  const auto add = [&](const Graph& graph) {
    graphs.push_back(std::make_shared<const Graph>(graph));
  };
  const auto features = [&] { return graphs.back()->shape(graphs.back()->outputs()[0]); };
  for (const Stage& stage : backbone.build({2, 16})) {
    add(stage.graph);
  }
  add(attention.build(features()));
  add(pooling(features()));
  add(heads(features(), {{"who", 3}, {"what", 2}}));
  return graphs;
}

TEST(Walk, EqualsAutogradForTheWholeTable) {
  for (const Backbone& backbone : backbones()) {
    for (const Attention& attention : attentions()) {
      SCOPED_TRACE(backbone.name + " " + attention.name);
      check<double>(network(backbone, attention), 3, /*training=*/true, 1e-9);
    }
  }
}

TEST(Walk, TableIsFusedButForItsSequenceModels) {
  const std::set<std::string> by_reference{"lstm", "mha", "cbam"};
  for (const Backbone& backbone : backbones()) {
    for (const Attention& attention : attentions()) {
      const Problem<float> problem(network(backbone, attention), 2);
      EXPECT_EQ(std::all_of(problem.chain.begin(), problem.chain.end(),
                            [](const BoundGraph& part) {
                              return part.graph->nodes().empty() || part.graph->has_fused_form();
                            }),
                !by_reference.contains(backbone.name) && !by_reference.contains(attention.name))
          << backbone.name << " " << attention.name;
    }
  }
}

}  // namespace
}  // namespace dt4ecg::nn
