#include "ops/reference.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>
#include <torch/csrc/autograd/autograd.h>

namespace dt4ecg::ops {

template <class Scalar>
at::Tensor view(const Map<Scalar>& map, int64_t batch, bool pooled) {
  const auto type = c10::CppTypeToScalarType<Scalar>::value;
  if (pooled) {
    return at::from_blob(map.data, {batch, map.channels}, type);
  }
  return at::from_blob(map.sample(0), {batch, map.channels, map.length},
                       {map.sample_stride(), 1, map.channels}, type);
}

namespace {

template <class Scalar>
class ReferenceNode : public Fused<Scalar> {
 public:
  ReferenceNode(const Operator& op, Attributes attributes, std::span<const Shape> shapes,
                const Binding<Scalar>& binding, std::vector<at::Tensor> parameters,
                std::vector<at::Tensor> buffers)
      : op_(op),
        attributes_(std::move(attributes)),
        shapes_(shapes.begin(), shapes.end()),
        binding_(binding),
        parameters_(std::move(parameters)),
        buffers_(std::move(buffers)) {}

  void forward(int64_t batch, bool training) override {
    leaves_.clear();
    for (std::size_t i = 0; i < binding_.inputs.size(); ++i) {
      leaves_.push_back(
          in(binding_.inputs[i], batch, shapes_[i]).clone(at::MemoryFormat::Contiguous));
    }
    for (at::Tensor& input : leaves_) {
      input.requires_grad_(at::GradMode::is_enabled());
    }
    output_ = op_.forward(attributes_, leaves_, parameters_, buffers_, training);
    const at::NoGradGuard no_grad;
    in(binding_.output, batch, shapes_.back()).copy_(output_);
  }

  // Each thread has its own grad mode, so it is set here.
  void infer(int64_t batch) override {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> inputs;
    for (std::size_t i = 0; i < binding_.inputs.size(); ++i) {
      inputs.push_back(in(binding_.inputs[i], batch, shapes_[i]));
    }
    in(binding_.output, batch, shapes_.back())
        .copy_(op_.forward(attributes_, inputs, parameters_, buffers_, /*training=*/false));
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    std::vector<at::Tensor> sources = leaves_;
    std::vector<std::size_t> trained;
    for (std::size_t p = 0; p < parameters_.size(); ++p) {
      if (parameters_[p].requires_grad()) {
        trained.push_back(p);
        sources.push_back(parameters_[p]);
      }
    }
    for (const Cotangents<Scalar>& task : tasks) {
      const std::vector<at::Tensor> found = torch::autograd::grad(
          {output_}, sources, {in(task.output, batch, shapes_.back()).contiguous()},
          /*retain_graph=*/&task != &tasks.back(), /*create_graph=*/false, /*allow_unused=*/true);
      const at::NoGradGuard no_grad;
      for (std::size_t i = leaves_.size(); i-- > 0;) {
        if (!task.inputs[i].data) {
          continue;
        }
        at::Tensor to = in(task.inputs[i], batch, shapes_[i]);
        if (!task.accumulate[i]) {
          to.zero_();
        }
        if (found[i].defined()) {
          to.add_(found[i]);
        }
      }
      for (std::size_t i = 0; i < trained.size(); ++i) {
        const at::Tensor& gradient = found[leaves_.size() + i];
        Scalar* to = task.parameters[trained[i]];
        if (to && gradient.defined()) {
          at::from_blob(to, gradient.sizes(), gradient.scalar_type()).add_(gradient);
        }
      }
    }
    output_.reset();
  }

  void unpack(std::size_t parameter, const Scalar* from, Scalar* to) const override {
    std::copy_n(from, parameters_[parameter].numel(), to);
  }

 private:
  static at::Tensor in(const Map<Scalar>& map, int64_t batch, const Shape& shape) {
    return view(map, batch, shape.length == 0);
  }

  const Operator& op_;
  Attributes attributes_;
  std::vector<Shape> shapes_;  // those of the inputs, followed by that of the output
  Binding<Scalar> binding_;
  std::vector<at::Tensor> parameters_, buffers_, leaves_;
  at::Tensor output_;
};

}  // namespace

template <class Scalar>
std::unique_ptr<Fused<Scalar>> reference_node(const Operator& op, const Attributes& attributes,
                                              std::span<const Shape> shapes,
                                              const Binding<Scalar>& binding,
                                              std::vector<at::Tensor> parameters,
                                              std::vector<at::Tensor> buffers) {
  return std::make_unique<ReferenceNode<Scalar>>(op, attributes, shapes, binding,
                                                 std::move(parameters), std::move(buffers));
}

#define DT4ECG_INSTANTIATE(Scalar)                                                        \
  template at::Tensor view(const Map<Scalar>&, int64_t, bool);                            \
  template std::unique_ptr<Fused<Scalar>> reference_node(                                 \
      const Operator&, const Attributes&, std::span<const Shape>, const Binding<Scalar>&, \
      std::vector<at::Tensor>, std::vector<at::Tensor>);
DT4ECG_INSTANTIATE(float)
DT4ECG_INSTANTIATE(double)
#undef DT4ECG_INSTANTIATE

}  // namespace dt4ecg::ops
