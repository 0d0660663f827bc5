// More work than workers, clients that leave, and the end of the server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <semaphore>
#include <thread>

#include "http/test_client.hpp"
#include "http/work_queue.hpp"

namespace ozma::http {
namespace {

using namespace std::chrono_literals;

// GET /wait holds its worker until Open; how many have begun and ended is counted.
class Gate {
 public:
  Router Routes(bool waits = false) {
    Router router;
    Route route;
    route.waits = waits;
    route.method = "GET";
    route.pattern = "/wait";
    route.dialect = Dialect::kLiteLiveness;
    route.handler = [this](const Request&) {
      begun_.fetch_add(1);
      begun_.notify_all();
      open_.wait();
      ended_.fetch_add(1);
      return JsonResponse("\"done\"");
    };
    router.Add(std::move(route));
    return router;
  }

  void AwaitBegun(int count) {
    for (int now = begun_; now < count; now = begun_) begun_.wait(now);
  }
  void Open() { open_.count_down(); }
  int begun() const { return begun_; }
  int ended() const { return ended_; }

 private:
  std::atomic<int> begun_{0}, ended_{0};
  std::latch open_{1};
};

void AwaitMetric(const Server& server, const std::string& line) {
  Client probe(server.port());
  while (probe.Ask(Get("/metrics")).body.find(line + "\n") == std::string::npos) std::this_thread::yield();
}

TEST(Overload, WhatWaitsHoldsUpNothingThatComputes) {
  Gate waiting;
  Router router = waiting.Routes(true);
  Route compute;
  compute.method = "GET";
  compute.pattern = "/compute";
  compute.handler = [](const Request&) { return JsonResponse("\"computed\""); };
  router.Add(std::move(compute));
  const auto server = Serve(std::move(router), {}, 1);
  Client clients[8] = {Client(server->port()), Client(server->port()), Client(server->port()),
                       Client(server->port()), Client(server->port()), Client(server->port()),
                       Client(server->port()), Client(server->port())};
  for (Client& client : clients) client.Send(Get("/wait"));
  waiting.AwaitBegun(8);
  EXPECT_EQ(Client(server->port()).Ask(Get("/compute")).status, 200u);
  waiting.Open();
  for (Client& client : clients) EXPECT_EQ(client.Read().status, 200u);
}

TEST(Overload, BeyondTheQueueAClientIsToldToComeBackAndMay) {
  Gate gate;
  Limits limits;
  limits.queue = 2;
  const auto server = Serve(gate.Routes(), limits, 1);
  Client running(server->port());
  running.Send(Get("/wait"));
  gate.AwaitBegun(1);
  Client waiting[2] = {Client(server->port()), Client(server->port())};
  for (Client& client : waiting) client.Send(Get("/wait"));
  AwaitMetric(*server, "ozma_http_queue_depth 2");

  Client refused(server->port());
  const Reply reply = refused.Ask(Get("/wait"));
  EXPECT_EQ(reply.status, 503u);
  EXPECT_EQ(Find(reply.headers, "Retry-After"), "1");
  EXPECT_EQ(TextAt(reply, "code"), "LDE-001002");
  EXPECT_EQ(refused.Ask(Get("/ping")).status, 200u);  // inline routes still answer

  gate.Open();
  EXPECT_EQ(running.Read().status, 200u);
  for (Client& client : waiting) EXPECT_EQ(client.Read().status, 200u);
  EXPECT_EQ(refused.Ask(Get("/wait")).status, 200u);  // on the same connection
}

TEST(Overload, WorkOfAClientThatLeftIsDropped) {
  Gate gate;
  Limits limits;
  limits.queue = 1;
  const auto server = Serve(gate.Routes(), limits, 1);
  Client running(server->port());
  running.Send(Get("/wait"));
  gate.AwaitBegun(1);
  {
    Client leaver(server->port());
    leaver.Send(Get("/wait"));
    AwaitMetric(*server, "ozma_http_queue_depth 1");
  }
  AwaitMetric(*server, "ozma_http_queue_depth 0");
  Client next(server->port());
  next.Send(Get("/wait"));
  AwaitMetric(*server, "ozma_http_queue_depth 1");
  gate.Open();
  EXPECT_EQ(running.Read().status, 200u);
  EXPECT_EQ(next.Read().status, 200u);
  EXPECT_EQ(gate.begun(), 2);
}

TEST(Overload, AClientThatLeavesAHandlerDoesNoHarm) {
  Gate gate;
  const auto server = Serve(gate.Routes(), {}, 1);
  {
    Client leaver(server->port());
    leaver.Send(Get("/wait"));
    gate.AwaitBegun(1);
  }
  gate.Open();
  Client next(server->port());
  EXPECT_EQ(next.Ask(Get("/wait")).status, 200u);
  EXPECT_EQ(gate.ended(), 2);
}

TEST(Overload, AClientThatOnlyEndsItsSideIsAnswered) {
  Gate gate;
  const auto server = Serve(gate.Routes(), {}, 1);
  Client client(server->port());
  client.Send(Get("/wait"));
  gate.AwaitBegun(1);
  client.EndSending();
  gate.Open();
  EXPECT_EQ(client.Read().status, 200u);
}

TEST(Overload, WorkThatWaitedTooLongIsNotBegun) {
  Gate gate;
  Limits limits;
  limits.handle_time = 200ms;
  const auto server = Serve(gate.Routes(), limits, 1);
  Client running(server->port());
  running.Send(Get("/wait"));
  gate.AwaitBegun(1);
  Client late(server->port());
  const Reply reply = late.Ask(Get("/wait"));
  EXPECT_EQ(reply.status, 503u);
  EXPECT_EQ(Find(reply.headers, "Retry-After"), "1");
  gate.Open();
  EXPECT_EQ(running.Read().status, 200u);
  EXPECT_EQ(gate.begun(), 1);
}

TEST(Stop, FinishesWhatWasAcceptedAndNothingElse) {
  Gate gate;
  const auto server = Serve(gate.Routes(), {}, 1);
  const auto port = server->port();
  Client running(port), queued(port), idle(port), half(port);
  running.Send(Get("/wait"));
  gate.AwaitBegun(1);
  queued.Send(Get("/wait"));
  EXPECT_EQ(idle.Ask(Get("/ping")).status, 200u);
  half.Send("GET /ping HTTP/1.1\r\nHo");
  AwaitMetric(*server, "ozma_http_queue_depth 1");

  auto stopping = std::async(std::launch::async, [&] { server->Stop(); });
  EXPECT_TRUE(idle.Ended());
  half.Send("st: t\r\n\r\n");
  EXPECT_EQ(half.Read().status, 200u);
  gate.Open();
  const Reply reply = running.Read();
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(Find(reply.headers, "Connection"), "close");
  EXPECT_TRUE(running.Ended());
  EXPECT_EQ(queued.Read().status, 200u);
  stopping.get();
  EXPECT_EQ(gate.ended(), 2);
  server->Stop();  // again: nothing happens
}

TEST(Stop, CutsOffWhatOutlastsTheDrainTime) {
  Gate gate;
  Options options;
  options.port = 0;
  options.workers = 1;
  options.drain_time = 200ms;
  auto server = Server::Start(options, gate.Routes());
  ASSERT_TRUE(server);
  Client running((*server)->port()), queued((*server)->port()), half((*server)->port());
  running.Send(Get("/wait"));
  gate.AwaitBegun(1);
  queued.Send(Get("/wait"));
  half.Send("GET /wait HT");
  AwaitMetric(**server, "ozma_http_queue_depth 1");
  auto stopping = std::async(std::launch::async, [&] { (*server)->Stop(); });
  EXPECT_EQ(half.Read().status, 0u);
  EXPECT_EQ(queued.Read().status, 0u);
  gate.Open();
  stopping.get();
  EXPECT_EQ(gate.begun(), 1);
}

TEST(Stop, MayBeCalledByManyAtOnceUnderLoad) {
  for (int round = 0; round < 10; ++round) {
    Gate gate;
    gate.Open();
    const auto server = Serve(gate.Routes(), {}, 2);
    std::atomic<bool> stop{false};
    std::atomic<int> answered{0};
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i)
      clients.emplace_back([&, i] {
        while (!stop) {
          Client client(server->port());
          for (int k = 0; k < 5; ++k) {
            const Reply reply = client.Ask(Get(i % 2 ? "/wait" : "/ping"));
            if (reply.status == 0) return;  // the server is going
            EXPECT_EQ(reply.status, 200u);
            if (++answered == 50) answered.notify_all();
          }
        }
      });
    for (int now = answered; now < 50; now = answered) answered.wait(now);
    {
      std::jthread other([&] { server->Stop(); });
      server->Stop();
    }
    stop = true;
  }
}

TEST(WorkQueue, RunsInOrderWithinItsBound) {
  std::vector<int> order;
  std::binary_semaphore begun{0}, go{0};
  {
    WorkQueue queue(1, 2);
    ASSERT_TRUE(queue.Push([&] {
      begun.release();
      go.acquire();
      order.push_back(0);
    }));
    begun.acquire();
    const auto one = queue.Push([&] { order.push_back(1); });
    const auto two = queue.Push([&] { order.push_back(2); });
    ASSERT_TRUE(one && two);
    EXPECT_FALSE(queue.Push([] {}));
    EXPECT_EQ(queue.waiting(), 2u);
    EXPECT_EQ(queue.running(), 1u);
    EXPECT_TRUE(queue.Drop(*one));
    EXPECT_FALSE(queue.Drop(*one));
    std::binary_semaphore last{0};
    ASSERT_TRUE(queue.Push([&] {
      order.push_back(3);
      last.release();
    }));
    go.release();
    last.acquire();
    EXPECT_FALSE(queue.Drop(*two));
  }
  EXPECT_THAT(order, testing::ElementsAre(0, 2, 3));
}

}  // namespace
}  // namespace ozma::http
