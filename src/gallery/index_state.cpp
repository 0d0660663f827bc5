#include "gallery/index_state.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>

namespace ozma::gallery {
namespace {

using base::Fail;
using base::Fault;

// The last word of the changes about one image.
struct Order {
  std::int64_t image;
  const Entry* entry;  // nullptr: it is gone
};

base::Result<std::vector<Order>> OrdersOf(std::span<const Change> changes, std::uint64_t after,
                                          const Shape& shape) {
  std::vector<Order> orders;
  orders.reserve(changes.size());
  std::uint64_t last = 0;
  for (const Change& change : changes) {
    if (change.position < last) return Fail(Fault::kInternal, "Changes of the galleries came out of order.");
    last = change.position;
    if (change.position <= after) continue;
    if (change.image <= 0) return Fail(Fault::kInvalidValue, "An image of a gallery has a positive number.");
    if (change.entry && (change.entry->image != change.image || change.entry->collection <= 0)) {
      return Fail(Fault::kInvalidValue, "An entry of a gallery has its image's number and a collection.");
    }
    if (change.entry && !shape.Fits(change.entry->face)) {
      return Fail(
          Fault::kEngine,
          "The gallery holds a template of another recognition network; extract the templates again.");
    }
    orders.push_back({change.image, change.entry ? &*change.entry : nullptr});
  }
  std::ranges::stable_sort(orders, {}, &Order::image);
  std::vector<Order> last_words;
  last_words.reserve(orders.size());
  for (std::size_t i = 0; i < orders.size(); ++i) {
    if (i + 1 == orders.size() || orders[i + 1].image != orders[i].image) last_words.push_back(orders[i]);
  }
  return last_words;
}

RowView RowOf(const Entry& entry) {
  return {entry.image, entry.collection, static_cast<float>(1 / entry.face.norm()), {}, entry.face.values()};
}

void AppendLive(const Block& block, std::vector<RowView>& rows) {
  rows.reserve(rows.size() + block.live());
  for (std::size_t row = 0; row < block.rows(); ++row) {
    if (block.collections()[row] != 0) rows.push_back(block.row(row));
  }
}

// Walks along the blocks of the old state and builds the new one.
class Rewriter {
 public:
  Rewriter(const State& old, std::size_t dimension, std::size_t most_bytes)
      : old_(old), dimension_(dimension), most_bytes_(most_bytes) {
    next_.blocks.reserve(old.blocks.size() + 1);
  }

  base::Result<State> Run(std::span<const Order> orders) {
    auto order = orders.begin();
    for (std::size_t at = 0; at < old_.blocks.size(); ++at) {
      const bool tail = at + 1 == old_.blocks.size();
      // What lies between two blocks belongs to the former.
      const std::int64_t end = tail ? std::numeric_limits<std::int64_t>::max() : old_.blocks[at + 1]->first();
      const auto until =
          std::find_if(order, orders.end(), [&](const Order& one) { return one.image >= end; });
      if (const auto done = Change(old_.blocks[at], {order, until}, tail); !done) return done.error();
      order = until;
    }
    if (old_.blocks.empty()) {
      if (const auto done = Emit(Additions(orders), true); !done) return done.error();
    }
    return std::move(next_);
  }

 private:
  static std::vector<RowView> Additions(std::span<const Order> orders) {
    std::vector<RowView> rows;
    rows.reserve(orders.size());
    for (const Order& order : orders) {
      if (order.entry != nullptr) rows.push_back(RowOf(*order.entry));
    }
    return rows;
  }

  base::Result<void> Change(const std::shared_ptr<const Block>& block, std::span<const Order> orders,
                            bool tail) {
    if (orders.empty()) return Keep(block);
    const bool beyond = orders.front().image > block->last();
    if (tail && beyond && block->live() == Block::kMostRows) {
      // A full last block stays as it is, and a new one follows it.
      Keep(block);
      return Emit(Additions(orders), true);
    }
    if (!block->LabelsIntact()) return DamagedSnapshot();
    std::vector<std::int64_t> gone;  // also those that are replaced
    for (const Order& order : orders) {
      if (block->Find(order.image)) gone.push_back(order.image);
    }
    const std::vector<RowView> additions = Additions(orders);
    if (additions.empty() && gone.empty()) return Keep(block);
    // Rows that are gone stay until they are a quarter of the block.
    if (additions.empty() && 4 * (block->live() - gone.size()) >= 3 * block->rows()) {
      return Keep(block->Without(gone));
    }

    if (!block->Intact()) return DamagedSnapshot();
    std::vector<RowView> staying;
    AppendLive(*block, staying);
    std::erase_if(staying, [&](const RowView& row) { return std::ranges::binary_search(gone, row.image); });
    std::vector<RowView> merged;
    merged.reserve(staying.size() + additions.size());
    std::ranges::merge(staying, additions, std::back_inserter(merged), {}, &RowView::image, &RowView::image);
    return Emit(std::move(merged), tail && beyond);
  }

  base::Result<void> Keep(std::shared_ptr<const Block> block) {
    next_.size += block->live();
    next_.heap_bytes += block->heap_bytes();
    next_.blocks.push_back(std::move(block));
    return {};
  }

  // New blocks of these rows: filled one after the other at the `tail`, where numbers rise, else evenly.
  base::Result<void> Emit(std::vector<RowView> rows, bool tail) {
    if (rows.empty()) return {};
    const std::shared_ptr<const Block> small = TakeSmallBefore(rows.size());
    if (small != nullptr) {
      if (!small->Intact()) return DamagedSnapshot();
      std::vector<RowView> both;
      AppendLive(*small, both);
      both.insert(both.end(), rows.begin(), rows.end());
      rows = std::move(both);
    }
    const std::size_t pieces = (rows.size() + Block::kMostRows - 1) / Block::kMostRows;
    const std::size_t most = tail ? Block::kMostRows : (rows.size() + pieces - 1) / pieces;
    for (std::size_t at = 0; at < rows.size(); at += most) {
      const std::size_t count = std::min(most, rows.size() - at);
      const std::size_t needed = BlockLayout(count, dimension_).bytes;
      if (next_.heap_bytes + needed > most_bytes_) {
        return Fail(Fault::kConfiguration, "The galleries need more memory than the " +
                                               std::to_string(most_bytes_ >> 20) +
                                               " MiB that are set for them; raise the limit or choose the "
                                               "shared index.");
      }
      Keep(Block::Make(std::span(rows).subspan(at, count), dimension_));
    }
    return {};
  }

  // The last block so far, taken away, if with so many rows more it would fill half a block at most: so many
  // deletes leave no crowd of little blocks.
  std::shared_ptr<const Block> TakeSmallBefore(std::size_t rows) {
    if (next_.blocks.empty() || next_.blocks.back()->live() + rows > Block::kMostRows / 2) return nullptr;
    std::shared_ptr<const Block> block = std::move(next_.blocks.back());
    next_.blocks.pop_back();
    next_.size -= block->live();
    next_.heap_bytes -= block->heap_bytes();
    return block;
  }

  const State& old_;
  const std::size_t dimension_, most_bytes_;
  State next_;
};

}  // namespace

base::Result<State> AfterChanges(const State& state, std::span<const Change> changes, const Shape& shape,
                                 std::size_t most_bytes) {
  const auto orders = OrdersOf(changes, state.position, shape);
  if (!orders) return orders.error();
  auto next = Rewriter(state, shape.dimension, most_bytes).Run(*orders);
  if (next) next->position = std::max(state.position, changes.empty() ? 0 : changes.back().position);
  return next;
}

base::Error DamagedSnapshot() {
  return Fail(Fault::kIo, "The snapshot of the galleries is damaged; the index must be built anew.");
}

}  // namespace ozma::gallery
